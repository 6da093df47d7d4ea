# package(ROOM...): installs the libraries and headers of these rooms, so that a program elsewhere can say
#   find_package(iochron REQUIRED)
#   target_link_libraries(my_ioc PRIVATE iochron::ioc)
# The walls between the rooms are ours alone: what is installed has one include root.
include(CMakePackageConfigHelpers)

function(package)
  set(place ${CMAKE_INSTALL_LIBDIR}/cmake/iochron)
  foreach(room IN LISTS ARGN)
    set_target_properties(iochron_${room} PROPERTIES EXPORT_NAME ${room})
    install(TARGETS iochron_${room} EXPORT iochron)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/src/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/iochron
      FILES_MATCHING PATTERN *.h)
  endforeach()
  install(EXPORT iochron NAMESPACE iochron:: DESTINATION ${place} FILE iochronTargets.cmake)
  configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/iochronConfig.cmake.in
    ${CMAKE_BINARY_DIR}/iochronConfig.cmake INSTALL_DESTINATION ${place})
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/iochronConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/iochronConfig.cmake ${CMAKE_BINARY_DIR}/iochronConfigVersion.cmake
    DESTINATION ${place})

  # The sanitizers of the other presets would have to be known to the program that uses the package.
  if(IOCHRON_TESTS AND CMAKE_BUILD_TYPE STREQUAL RelWithDebInfo)
    add_test(NAME package_can_be_used COMMAND ${CMAKE_COMMAND} -D BUILD=${CMAKE_BINARY_DIR} -D CXX=${CMAKE_CXX_COMPILER}
      -P ${CMAKE_SOURCE_DIR}/tests/package/use.cmake)
    set_tests_properties(package_can_be_used PROPERTIES TIMEOUT 120)
  endif()
endfunction()
