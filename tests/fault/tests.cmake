# Fault injection: see faults.py. Set PATINA_LONG=1 in the environment for the complete, slow tests.
add_library(fail_allocation MODULE fault/fail_allocation.c)
target_link_libraries(fail_allocation PRIVATE patina_compile_options)
set_target_properties(fail_allocation PROPERTIES PREFIX "")
foreach(kind kill calls errors full allocations)
  if(PATINA_SANITIZE AND kind STREQUAL allocations)
    continue() # the sanitizer replaces the allocator
  endif()
  add_test(NAME fault_${kind}
           COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/fault/faults.py ${kind}
                   --patina $<TARGET_FILE:patina_cli> --shim $<TARGET_FILE:fail_allocation>)
  set_tests_properties(fault_${kind} PROPERTIES LABELS fault TIMEOUT 7200 SKIP_RETURN_CODE 77)
endforeach()

# Memory errors that the sanitizers miss. libjpeg's SIMD code would cause false positives.
if(NOT PATINA_SANITIZE)
  add_test(NAME valgrind_sample
           COMMAND valgrind --quiet --error-exitcode=9 --leak-check=full
                   --errors-for-leak-kinds=definite --show-leak-kinds=definite
                   $<TARGET_FILE:patina_cli> search ${PROJECT_SOURCE_DIR}/data/sample/damaged
                   ${PROJECT_SOURCE_DIR}/data/sample/undamaged --in-process --limit 5 --restart
                   --output valgrind.csv)
  set_tests_properties(valgrind_sample PROPERTIES LABELS fault TIMEOUT 1800
                                                  ENVIRONMENT JSIMD_FORCENONE=1)
endif()
