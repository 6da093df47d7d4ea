# One line a fuzz target: fuzz_target(NAME NEEDS room...), with fuzz/NAME.cpp and fuzz/corpus/NAME/.
fuzz_target(calc NEEDS calc)
fuzz_target(db_link NEEDS db)
fuzz_target(db_load NEEDS db)
fuzz_target(macros NEEDS db)
fuzz_target(ca_client_circuit NEEDS client)
fuzz_target(ca_stream NEEDS wire)
fuzz_target(ca_datagram NEEDS wire)
fuzz_target(convert_text NEEDS pv)
