# other_names(PROGRAM name...): bin/compat/NAME for each name, the same program, which acts by the name it is called.
# Does nothing while there is no such program.
function(other_names program)
  if(NOT TARGET ${program})
    return()
  endif()
  install(TARGETS ${program} RUNTIME)
  set(folder ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/compat)
  file(MAKE_DIRECTORY ${folder})
  # Installed below libexec, so that an installed iochron does not hide the EPICS tools of a machine; who wants them
  # under these names adds that folder to PATH.
  set(installed ${CMAKE_INSTALL_LIBEXECDIR}/iochron/compat)
  install(DIRECTORY DESTINATION ${installed})
  file(RELATIVE_PATH target /${installed} /${CMAKE_INSTALL_BINDIR}/${program})
  foreach(name IN LISTS ARGN)
    file(CREATE_LINK ../${program} ${folder}/${name} SYMBOLIC)
    install(CODE "file(CREATE_LINK ${target} \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${installed}/${name}\" SYMBOLIC)")
  endforeach()
endfunction()
