# room(NAME [NEEDS room...] [LINKS library...])
#
# Makes the library iochron_NAME of src/NAME/**.cpp, the test program NAME_test of its *_test.cpp, the benchmark
# NAME_bench of its *_bench.cpp, and a program X of each X_main.cpp. A room is included by its path below src
# ("db/record.h"), and each room has an include root of its own, so that including a room that is not in NEEDS does
# not compile.
function(room name)
  cmake_parse_arguments(ROOM "" "" "NEEDS;LINKS" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/src/${name})
  set(root ${CMAKE_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${folder} ${root}/${name} SYMBOLIC)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  set(tests ${sources})
  set(benches ${sources})
  set(mains ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  list(FILTER mains INCLUDE REGEX "_main\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench|main)\\.cpp$")

  if(sources)
    add_library(iochron_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(iochron_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  list(TRANSFORM ROOM_NEEDS PREPEND iochron_ OUTPUT_VARIABLE needs)
  target_include_directories(iochron_${name} ${scope}
    $<BUILD_INTERFACE:${root}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/iochron>)
  target_link_libraries(iochron_${name} ${scope} ${needs} fmt::fmt ${ROOM_LINKS})
  # What the test of the walls (tests/lint/walls_test.py) looks at: the include roots as the compiler gets them.
  file(GENERATE OUTPUT ${root}/roots.txt
    CONTENT "$<JOIN:$<TARGET_PROPERTY:iochron_${name},INTERFACE_INCLUDE_DIRECTORIES>,\n>\n")

  foreach(main IN LISTS mains)
    get_filename_component(program ${main} NAME_WE)
    string(REGEX REPLACE "_main$" "" program ${program})
    add_executable(${program} ${main})
    target_link_libraries(${program} PRIVATE iochron_${name})
  endforeach()
  if(IOCHRON_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE iochron_${name} GTest::gtest GTest::gtest_main)
    # What is tested is optimised; the tests themselves compile a third quicker when they are not.
    target_compile_options(${name}_test PRIVATE $<$<CONFIG:RelWithDebInfo>:-O0>)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120)
  endif()
  if(IOCHRON_BENCHES AND benches)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE iochron_${name} benchmark::benchmark benchmark::benchmark_main)
  endif()
endfunction()
