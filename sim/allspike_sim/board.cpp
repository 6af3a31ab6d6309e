// Drives a Verilated board by its serial pins: bytes in and out, each bit in its time.
//
// The line's rate is that of the host's port and owes nothing to the board's divisor: where the two differ,
// bytes are lost here as they are on a real line.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "simulation.h"

namespace {

constexpr int DATA_BITS = 8;
constexpr int FRAME_BITS = DATA_BITS + 2;  // with start and stop bit
constexpr size_t PACKET = 64;              // an adapter passes on so many bytes at once,
constexpr double PAUSE = 2.5 * FRAME_BITS;  // or fewer once the line has been quiet for so many bits
constexpr uint64_t NEVER = UINT64_MAX;

struct Sending {
    uint64_t earliest;  // clock
    uint64_t low;       // clocks of a break; 0: a byte
    uint8_t byte;
};

struct Received {
    uint64_t when;  // clock in which its stop bit ended
    uint8_t byte;
};

// What is on its way to the board.
struct Transmitter {
    std::deque<Sending> queue;
    double bit = 1;  // clocks a bit
    uint64_t next = NEVER;  // clock of the next change of the pin
    double start = 0;
    int sent = 0;  // bits of the present byte, its start bit included
    bool busy = false;

    void add(Sending sending, uint64_t now) {
        queue.push_back(sending);
        if (!busy && queue.size() == 1) next = std::max(sending.earliest, now);
    }

    // The level of the pin from this clock on, which is `next`.
    bool step(uint64_t now) {
        const Sending &present = queue.front();
        if (!busy) {
            busy = true;
            sent = 1;
            start = double(now);
            next = now + (present.low ? present.low : uint64_t(std::llround(bit)));
            return false;
        }
        if (present.low || sent == FRAME_BITS) {  // it has ended
            const uint64_t free = now + (present.low ? uint64_t(std::llround(bit)) : 0);
            busy = false;
            queue.pop_front();
            next = queue.empty() ? NEVER : std::max(queue.front().earliest, free);
            return next == now ? step(now) : true;
        }
        const bool level = sent > DATA_BITS || (present.byte >> (sent - 1) & 1);
        ++sent;
        next = uint64_t(std::llround(start + sent * bit));
        return level;
    }
};

// What comes from the board, sampled in the middle of each bit.
struct Receiver {
    std::deque<Received> queue;
    double bit = 1;
    uint64_t next = NEVER;  // clock of the next sample; NEVER: waits for a start bit
    double start = 0;
    int sampled = 0;
    uint8_t byte = 0;
    uint64_t lost = 0;  // bytes without a stop bit
    bool high = true;

    void look(uint64_t now, bool level) {
        if (next == NEVER) {
            if (high && !level) {
                start = double(now);
                sampled = 0;
                next = uint64_t(std::llround(start + bit / 2));
            }
            high = level;
        } else if (now >= next) {
            if (sampled == 0) {
                next = level ? NEVER : next;  // a glitch is no start bit
            } else if (sampled <= DATA_BITS) {
                byte = uint8_t(byte >> 1 | level << (DATA_BITS - 1));
            } else {
                if (level)
                    queue.push_back({now, byte});
                else
                    ++lost;
                high = level;
                next = NEVER;
            }
            if (next != NEVER) next = uint64_t(std::llround(start + (++sampled + 0.5) * bit));
        }
    }
};

}  // namespace

struct Board : Clocked {
    Transmitter to;
    Receiver from;

    explicit Board(const char *arguments) : Clocked(arguments) {
        module->rx = 1;
        module->eval();
    }

    void step() {
        if (clocks >= to.next) module->rx = to.step(clocks);
        clock();
        from.look(clocks, module->tx);
    }

    // Whether what has come would be passed on by an adapter.
    bool ready() const {
        if (from.queue.size() >= PACKET) return true;
        return !from.queue.empty() && from.next == NEVER && clocks - from.queue.back().when > PAUSE * from.bit;
    }
};

extern "C" {

// A board as after power-on. Of `arguments`, see `Clocked`, is "+clock_hz=...", what its identity says. `waves`
// names the file of the waveform; null, or in a build without waves: none.
Board *allspike_create(const char *arguments, const char *waves) {
    auto board = std::make_unique<Board>(arguments);
    return board->open_waves(waves) ? board.release() : nullptr;
}

void allspike_destroy(Board *board) { delete board; }

uint64_t allspike_clocks(const Board *board) { return board->clocks; }

// Line of the Verilog with the assertion that failed; 0: none.
int allspike_broken(const Board *board) { return board->broken; }

// From now on the line has `bit` clocks a bit, in both directions.
void allspike_rate(Board *board, double bit) { board->to.bit = board->from.bit = bit; }

// Sends bytes, in the order of the calls, no byte before clock `earliest`.
void allspike_send(Board *board, const uint8_t *bytes, size_t count, uint64_t earliest) {
    for (size_t k = 0; k < count; ++k) board->to.add({earliest, 0, bytes[k]}, board->clocks);
}

// Holds the line low for `length` clocks, after what was sent before.
void allspike_break(Board *board, uint64_t length, uint64_t earliest) {
    board->to.add({earliest, length, 0}, board->clocks);
}

// Lets clocks pass up to clock `until`, or until an adapter would pass on what has come. Bytes there are.
size_t allspike_run(Board *board, uint64_t until) {
    while (board->clocks < until && !board->ready()) board->step();
    return board->ready() ? board->from.queue.size() : 0;
}

// Takes up to `count` bytes that have come.
size_t allspike_take(Board *board, uint8_t *bytes, size_t count) {
    size_t taken = 0;
    for (; taken < count && !board->from.queue.empty(); ++taken) {
        bytes[taken] = board->from.queue.front().byte;
        board->from.queue.pop_front();
    }
    return taken;
}

// Whether bytes are on their way, to the board or from it.
int allspike_busy(const Board *board) {
    return !board->to.queue.empty() || !board->from.queue.empty() || board->from.next != NEVER;
}

// Bytes from the board that had no stop bit.
uint64_t allspike_lost(const Board *board) { return board->from.lost; }

}  // extern "C"
