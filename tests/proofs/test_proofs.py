"""The quick proofs hold; the others, and each way of breaking the gateware, are `make proofs`."""

from pathlib import Path

import pytest

import allspike_hdl

from .proof import Proof, run
from .proofs import PROOFS


@pytest.mark.parametrize("proof", [proof for proof in PROOFS if not proof.long], ids=lambda proof: proof.name)
def test_it_is_proved(proof: Proof, tmp_path: Path) -> None:
    outcome = run(proof, tmp_path)
    assert outcome.status == "PASS", outcome


def test_each_proof_is_named_once_and_can_be_broken() -> None:
    names = [proof.name for proof in PROOFS]
    assert len(set(names)) == len(names)
    for proof in PROOFS:
        assert proof.breaks, proof.name
        for found in proof.breaks:
            text = (Path(allspike_hdl.__file__).parent / found.file).read_text()
            assert text.count(found.right) == 1, (proof.name, found)
