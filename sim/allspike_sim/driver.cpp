// Drives a Verilated core: one clock, one bus, no opinion about what the words mean.
//
// A clock is a rising and a falling edge; what the core answers to the inputs of a clock is read after the
// falling edge before it, when all logic has settled.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "Vcore.h"
#include "verilated.h"

#ifdef ALLSPIKE_WAVES
#include "verilated_vcd_c.h"
#endif

namespace {

constexpr uint64_t HALF_CLOCK = 5;      // time units of the waveform
constexpr uint64_t FIRST_INTERVAL = 16;  // clocks between two looks at the status: doubles up to the last
constexpr uint64_t LAST_INTERVAL = 1024;

struct Request {
    uint32_t address;
    bool write;
    uint8_t mask;
    uint32_t data;
    bool more;  // the next request is the next word of the same command
};

}  // namespace

struct Simulation {
    VerilatedContext context;
    std::unique_ptr<Vcore> core;
    uint64_t clocks = 0;
#ifdef ALLSPIKE_WAVES
    VerilatedVcdC waves;
#endif

    Simulation() : core(std::make_unique<Vcore>(&context)) {}

    void dump(uint64_t phase) {
#ifdef ALLSPIKE_WAVES
        waves.dump((2 * clocks + phase) * HALF_CLOCK);
#else
        (void)phase;
#endif
    }

    void clock() {
        core->clk = 1;
        core->eval();
        dump(0);
        core->clk = 0;
        core->eval();
        dump(1);
        ++clocks;
    }

    // One request and its reply; false if they took more than `limit` clocks.
    bool transfer(const Request &request, uint32_t *reply, uint64_t limit) {
        const uint64_t end = clocks + limit;
        core->request_valid = 1;
        core->request_address = request.address;
        core->request_write = request.write;
        core->request_mask = request.mask;
        core->request_data = request.data;
        core->request_more = request.more;
        core->reply_ready = 1;
        core->eval();
        // A core may take the request only together with its reply.
        while (core->request_valid || core->reply_ready) {
            if (clocks >= end) return false;
            const bool taken = core->request_ready;
            const bool replied = core->reply_ready && core->reply_valid;
            if (replied) *reply = core->reply_data;
            clock();
            if (taken) core->request_valid = 0;
            if (replied) core->reply_ready = 0;
            if (taken || replied) core->eval();
        }
        return true;
    }
};

extern "C" {

// A core as after power-on. `waves` names the file of the waveform; null, or in a build without waves: none.
Simulation *allspike_create(const char *waves) {
    auto *simulation = new Simulation;
#ifdef ALLSPIKE_WAVES
    if (waves) {
        simulation->context.traceEverOn(true);
        simulation->core->trace(&simulation->waves, 99);
        simulation->waves.open(waves);
        if (!simulation->waves.isOpen()) {
            delete simulation;
            return nullptr;
        }
    }
#else
    (void)waves;
#endif
    simulation->core->eval();
    return simulation;
}

void allspike_destroy(Simulation *simulation) {
#ifdef ALLSPIKE_WAVES
    simulation->waves.close();
#endif
    simulation->core->final();
    delete simulation;
}

uint64_t allspike_clocks(const Simulation *simulation) { return simulation->clocks; }

void allspike_run(Simulation *simulation, uint64_t clocks) {
    while (clocks--) simulation->clock();
}

// Reads `count` words from word `word` on; 0 if one of them took more than `limit` clocks.
int allspike_read(Simulation *simulation, uint32_t word, uint32_t *words, size_t count, uint64_t limit) {
    for (size_t k = 0; k < count; ++k)
        if (!simulation->transfer({word + uint32_t(k), false, 0, 0, k + 1 < count}, &words[k], limit)) return 0;
    return 1;
}

// Writes `count` words, of each the bytes that its mask names; 0 if one of them took more than `limit` clocks.
int allspike_write(Simulation *simulation, uint32_t word, const uint32_t *words, const uint8_t *masks,
                   size_t count, uint64_t limit) {
    uint32_t reply;
    for (size_t k = 0; k < count; ++k)
        if (!simulation->transfer({word + uint32_t(k), true, masks[k], words[k], k + 1 < count}, &reply, limit))
            return 0;
    return 1;
}

// Lets clocks pass until word `word`, under `mask`, is other than `value`.
// 1: it is; 0: `clocks` have passed; -1: a read took more than `limit` clocks.
int allspike_run_while(Simulation *simulation, uint32_t word, uint32_t mask, uint32_t value, uint64_t clocks,
                       uint64_t limit) {
    const uint64_t end = simulation->clocks + clocks;
    uint64_t interval = FIRST_INTERVAL;
    while (true) {
        uint32_t data;
        if (!simulation->transfer({word, false, 0, 0, false}, &data, limit)) return -1;
        if ((data & mask) != value) return 1;
        if (simulation->clocks >= end) return 0;
        allspike_run(simulation, interval);
        if (interval < LAST_INTERVAL) interval *= 2;
    }
}

}  // extern "C"
