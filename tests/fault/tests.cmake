# Fault injection: faults.py disturbs a search many times, every_command.py each command a few times,
# power_loss.py cuts the power of a disk. Set PATINA_LONG=1 in the environment for the complete, slow
# tests.
add_library(fail_allocation MODULE fault/fail_allocation.c)
target_link_libraries(fail_allocation PRIVATE patina_compile_options)
set_target_properties(fail_allocation PROPERTIES PREFIX "")

# Add the test fault_NAME, which runs a script of fault/ with the arguments after it.
function(patina_fault_test name script)
  add_test(NAME fault_${name}
           COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/fault/${script} ${ARGN}
                   --patina $<TARGET_FILE:patina_cli>)
  set_tests_properties(fault_${name} PROPERTIES LABELS fault TIMEOUT 7200 SKIP_RETURN_CODE 77)
endfunction()
set(shim --shim $<TARGET_FILE:fail_allocation>)
foreach(kind kill calls errors full)
  patina_fault_test(${kind} faults.py ${kind})
endforeach()
foreach(kind calls errors full)
  patina_fault_test(every_${kind} every_command.py ${kind})
endforeach()
if(NOT PATINA_SANITIZE) # the sanitizer replaces the allocator
  patina_fault_test(allocations faults.py allocations ${shim})
  patina_fault_test(every_allocations every_command.py allocations ${shim})
endif()
patina_fault_test(power power_loss.py)

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
