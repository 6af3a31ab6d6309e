# Every target does its own set-up in .venv; a second call finds it done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out
TORCH := .venv-torch
# PyNN's source distribution, which alone has the scenarios of tests/pynn; they are CeCILL, and no part of this.
PYNN := $(VENV)/pynn-source
export MPLBACKEND := Agg

.PHONY: demo test lint bench bench-core synth clock boards bitstreams learning training mnist pictures soak proofs mutants evidence torch docs clean

demo: $(VENV)/.demo
	$(BIN)/allspike demo digits --out $(OUT)

test: $(VENV)/.all lint
	$(BIN)/python -m pytest -n 2 --dist worksteal tests

lint: $(VENV)/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.all
	$(BIN)/python -m tests.bench --write docs/benchmarks.md

bench-core: $(VENV)/.all
	$(BIN)/python -m tests.bench_core --write docs/benchmarks.md

synth: $(VENV)/.all
	$(BIN)/python -m tests.synth --write docs/cost.md

clock: $(VENV)/.all
	$(BIN)/python -m tests.synth --route --write docs/clock.md

boards: $(VENV)/.all
	$(BIN)/python -m allspike_boards.routed --reports docs/reports --write docs/boards.md

# Reads and runs an iCE40's with icebox_vlog, of Debian's fpga-icestorm, and a Gowin's with Project Apicula.
bitstreams: $(VENV)/.all
	$(BIN)/python -m tests.bitstream --run --write docs/evidence/bitstreams.json

learning: $(VENV)/.all
	$(BIN)/python -m tests.learning --write docs/learning.md --pictures docs/pictures
	$(BIN)/python -m tests.learning --validate --write docs/learning.md
	$(BIN)/python docs/examples/reward.py

# Of MNIST's test images, t10k-*-ubyte.gz, which are not part of this project.
MNIST ?= ../shared/data/mnist
mnist: $(VENV)/.all
	$(BIN)/python -m tests.learning.mnist --data $(MNIST) --write docs/mnist.md --pictures docs/pictures

training: $(VENV)/.all
	$(BIN)/python -m tests.training --write docs/training.md
	$(BIN)/python docs/examples/vowels.py
	$(BIN)/python docs/examples/motions.py

pictures: $(VENV)/.all
	for script in docs/examples/*.py; do $(BIN)/python $$script || exit 1; done
	$(BIN)/python -m tests.docs.front_picture docs/pictures/raster.png

soak: $(VENV)/.all
	ALLSPIKE_SOAK=1 ALLSPIKE_EVIDENCE=docs/evidence/tests.json $(BIN)/python -m pytest -n 2 --dist worksteal tests

# Every proof, and with each the gateware broken on purpose: an hour.
proofs: $(VENV)/.all
	$(BIN)/python -m tests.proofs --break --write docs/evidence/proofs.json

# Hours; what was found is kept in $(OUT)/mutants, and the next call goes on from there. MUTANTS="link --count 30"
# is one unit's, and as many.
mutants: $(VENV)/.all
	$(BIN)/python -m tests.mutants $(MUTANTS) --folder $(OUT)/mutants --write docs/evidence/mutants.json
	$(BIN)/python -m tests.mutants.places --write docs/evidence/places.json

# The page of what the others found: soak, proofs, bitstreams, mutants.
evidence: $(VENV)/.all
	$(BIN)/python -m tests.evidence --write docs/evidence.md

# snnTorch, SpikingJelly and Norse themselves, in an environment of its own: 6 GB and five minutes, for
# torch brings CUDA; TORCH_PIP="--index-url ADDRESS" takes wheels for processors alone, where an index has them.
torch: $(TORCH)/.done
	$(TORCH)/bin/python -m pytest tests/torch/real_*.py

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going --quiet -d build/doctrees docs build/docs
	@echo "build/docs/index.html"

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[demo]"
	touch $@

$(VENV)/.docs: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[docs]"
	touch $@

$(VENV)/.all: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[all]"
	rm -rf $(PYNN) && mkdir $(PYNN)
	$(BIN)/python -m pip download --quiet --no-deps --no-binary pynn --dest $(PYNN) \
	    "pynn==$$($(BIN)/python -c 'from importlib.metadata import version; print(version("pynn"))')"
	tar -xzf $(PYNN)/*.tar.gz --strip-components 1 -C $(PYNN)
	touch $@ $(VENV)/.demo $(VENV)/.docs

$(TORCH)/.done: pyproject.toml
	$(PYTHON) -m venv $(TORCH)
	$(TORCH)/bin/python -m pip install --quiet torch $(TORCH_PIP)
	$(TORCH)/bin/python -m pip install --quiet --editable . pytest snntorch==1.0.0 spikingjelly==2.0.0 norse==1.1.0
	touch $@

clean:
	rm -rf $(VENV) $(TORCH) $(OUT) build *.egg-info
