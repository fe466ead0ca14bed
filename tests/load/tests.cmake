# The server under load and abuse, on loopback. Label: load.
foreach(scenario burst slow abuse killed leaks)
  add_test(NAME load_${scenario}
           COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/load/check_load.py
                   $<TARGET_FILE:patina_cli> ${PROJECT_SOURCE_DIR}/data/sample ${WEB_MODEL}
                   ${CMAKE_CURRENT_BINARY_DIR}/load/${scenario} ${scenario})
  set_tests_properties(load_${scenario} PROPERTIES LABELS load TIMEOUT 3600
                       FIXTURES_REQUIRED web_model
                       ENVIRONMENT "ASAN_OPTIONS=quarantine_size_mb=4") # freed memory kept by ASan
endforeach()
