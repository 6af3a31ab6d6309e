// Drives a small Verilated module: what its lines are in each clock, and what it answers after it.

#include <cstddef>
#include <cstdint>

#include "Vcore.h"
#include "verilated.h"

// What an assertion that fails does: there are none here.
void vl_stop(const char *, int, const char *) {}

// From power-on. `lines` and `results` have their words of 32 bits clock after clock.
extern "C" void allspike_run(const uint32_t *lines, uint32_t *results, size_t clocks) {
    VerilatedContext context;
    Vcore module(&context);
    for (size_t clock = 0; clock < clocks; ++clock) {
        for (size_t k = 0; k < sizeof module.lines / sizeof *lines; ++k) module.lines[k] = *lines++;
        module.clk = 0;
        module.eval();
        module.clk = 1;
        module.eval();
        for (size_t k = 0; k < sizeof module.results / sizeof *results; ++k) *results++ = module.results[k];
    }
    module.final();
}
