// A driver of a simulation, around a module with mutants in it: the one that is selected is in force from the
// start of whatever is created afterwards.

#include "Vcore.h"

namespace {

unsigned selected = 0;

class Mutated : public Vcore {
  public:
    explicit Mutated(VerilatedContext *context) : Vcore(context) { mutsel = selected; }
};

}  // namespace

#define Vcore Mutated
#include DRIVER

extern "C" void allspike_select(unsigned mutant) { selected = mutant; }
