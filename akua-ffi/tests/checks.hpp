// What the programs that test the C++ header share: checks that are counted, and a simulator to try it with.
#ifndef CHECKS_HPP
#define CHECKS_HPP

#include "akua.hpp"

// This one is C too.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include "../../examples/c/sim.h"
#pragma GCC diagnostic pop

static int checks;

#define CHECK(holds)                                                           \
  do {                                                                         \
    ++checks;                                                                  \
    if (!(holds)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds); \
      std::exit(1);                                                            \
    }                                                                          \
  } while (0)

#endif  // CHECKS_HPP
