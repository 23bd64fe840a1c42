// Force-included into the planted variant of every fuzz target: the target's entry becomes an ordinary function, and
// plant.cpp is the entry that calls it.
#pragma once

#if defined(SEKISHO_PLANT_OVERFLOW) && !defined(SEKISHO_PLANT_WRAPPER)
#define LLVMFuzzerTestOneInput sekisho_fuzz_planted_target
#endif
