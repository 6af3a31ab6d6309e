// A Verilated module with a clock: what all drivers have in common.
//
// A clock is a rising and a falling edge; what the module answers to the inputs of a clock is read after the
// falling edge before it, when all logic has settled.

#pragma once

#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "Vcore.h"
#include "verilated.h"

#ifdef ALLSPIKE_WAVES
#include "verilated_vcd_c.h"
#endif

// The line of the Verilog with the assertion that failed last, until it is taken.
static thread_local int failed_line = 0;

void vl_stop(const char *, int line, const char *) { failed_line = line; }

class Clocked {
  public:
    uint64_t clocks = 0;
    int broken = 0;  // line of the first assertion that failed; the module stands still from there on

    // `arguments`, with spaces between them, are Verilator's own and what the module's $value$plusargs find.
    explicit Clocked(const char *arguments) {
        std::istringstream words(arguments);
        for (std::string word; words >> word;) {
            const char *argument = word.c_str();
            context.commandArgsAdd(1, &argument);
        }
        module = std::make_unique<Vcore>(&context);
        module->clk = 0;  // of garbage, too, would be an input that nobody sets before the first clock
    }

    ~Clocked() {
#ifdef ALLSPIKE_WAVES
        waves.close();
#endif
        module->final();
    }

    // Starts the waveform in the file `path`; null, or in a build without waves: none. Whether it is open.
    bool open_waves(const char *path) {
#ifdef ALLSPIKE_WAVES
        if (path) {
            context.traceEverOn(true);
            module->trace(&waves, 99);
            waves.open(path);
            return waves.isOpen();
        }
#else
        (void)path;
#endif
        return true;
    }

    void clock() {
        ++clocks;
        if (broken) return;
        module->clk = 1;
        module->eval();
        dump(0);
        module->clk = 0;
        module->eval();
        dump(1);
        broken = std::exchange(failed_line, 0);
    }

  private:
    static constexpr uint64_t HALF_CLOCK = 5;  // time units of the waveform

    VerilatedContext context;

  protected:
    std::unique_ptr<Vcore> module;

  private:
#ifdef ALLSPIKE_WAVES
    VerilatedVcdC waves;
#endif

    void dump(uint64_t phase) {
#ifdef ALLSPIKE_WAVES
        waves.dump((2 * (clocks - 1) + phase) * HALF_CLOCK);
#else
        (void)phase;
#endif
    }
};
