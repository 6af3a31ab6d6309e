// Drives a Verilated core by its bus, with no opinion about what the words mean.

#include <cstddef>
#include <cstdint>

#include "simulation.h"

namespace {

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

struct Simulation : Clocked {
    explicit Simulation(const char *arguments) : Clocked(arguments) {
        module->request_valid = module->reply_ready = 0;
        module->eval();
    }

    // One request and its reply; false if they took more than `limit` clocks.
    bool transfer(const Request &request, uint32_t *reply, uint64_t limit) {
        const uint64_t end = clocks + limit;
        module->request_valid = 1;
        module->request_address = request.address;
        module->request_write = request.write;
        module->request_mask = request.mask;
        module->request_data = request.data;
        module->request_more = request.more;
        module->reply_ready = 1;
        module->eval();
        // A core may take the request only together with its reply.
        while (module->request_valid || module->reply_ready) {
            if (clocks >= end) return false;
            const bool taken = module->request_ready;
            const bool replied = module->reply_ready && module->reply_valid;
            if (replied) *reply = module->reply_data;
            clock();
            if (taken) module->request_valid = 0;
            if (replied) module->reply_ready = 0;
            if (taken || replied) module->eval();
        }
        return true;
    }
};

extern "C" {

// A core as after power-on. `arguments`: see `Clocked`. `waves` names the file of the waveform; null, or in a
// build without waves: none.
Simulation *allspike_create(const char *arguments, const char *waves) {
    auto simulation = std::make_unique<Simulation>(arguments);
    return simulation->open_waves(waves) ? simulation.release() : nullptr;
}

void allspike_destroy(Simulation *simulation) { delete simulation; }

uint64_t allspike_clocks(const Simulation *simulation) { return simulation->clocks; }

// Line of the Verilog with the assertion that failed; 0: none.
int allspike_broken(const Simulation *simulation) { return simulation->broken; }

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
