# fuzz_target(NAME NEEDS room...): fuzz/NAME.cpp, which defines LLVMFuzzerTestOneInput.
#
# With IOCHRON_FUZZ (clang) it is a libFuzzer program. Otherwise it is a test that replays fuzz/corpus/NAME.
option(IOCHRON_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)

function(fuzz_target name)
  cmake_parse_arguments(FUZZ "" "" "NEEDS" ${ARGN})
  list(TRANSFORM FUZZ_NEEDS PREPEND iochron_ OUTPUT_VARIABLE needs)
  set(corpus ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
  if(IOCHRON_FUZZ)
    add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/fuzz/${name}.cpp)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(fuzz_${name} PRIVATE ${needs})
  elseif(IOCHRON_TESTS)
    add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/fuzz/${name}.cpp ${CMAKE_SOURCE_DIR}/fuzz/replay_main.cpp)
    target_link_libraries(fuzz_${name} PRIVATE ${needs})
    add_test(NAME fuzz_${name} COMMAND fuzz_${name} ${corpus})
  endif()
endfunction()
