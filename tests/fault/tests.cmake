# Runs that are hurt: see faults.py. The quick forms; PATINA_LONG=1 in the environment makes them long.
add_library(fail_allocation MODULE fault/fail_allocation.c)
target_link_libraries(fail_allocation PRIVATE patina_compile_options)
set_target_properties(fail_allocation PROPERTIES PREFIX "")
foreach(kind kill calls errors full allocations)
  if(PATINA_SANITIZE AND kind STREQUAL allocations)
    continue() # the sanitizer has an allocator of its own
  endif()
  add_test(NAME fault_${kind}
           COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/fault/faults.py ${kind}
                   --patina $<TARGET_FILE:patina_cli> --shim $<TARGET_FILE:fail_allocation>)
  set_tests_properties(fault_${kind} PROPERTIES LABELS fault TIMEOUT 7200 SKIP_RETURN_CODE 77)
endforeach()
