# The program as its users meet it: one shell script per command.
foreach(script search features compare verify bench errors hostile tiers workers notebooks install)
  add_test(NAME cli_${script}
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_${script}.sh)
  set_tests_properties(cli_${script} PROPERTIES LABELS cli TIMEOUT 1800
    ENVIRONMENT "PATINA=$<TARGET_FILE:patina_cli>;BUILD=${PROJECT_BINARY_DIR};SOURCE=${PROJECT_SOURCE_DIR}")
endforeach()
