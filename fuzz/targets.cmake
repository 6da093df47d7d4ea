# One line a fuzz target: fuzz_target(NAME NEEDS room...), with fuzz/NAME.cpp and fuzz/corpus/NAME/.
fuzz_target(calc NEEDS calc)
fuzz_target(db_load NEEDS db)
fuzz_target(macros NEEDS db)
