# Tests of the command line: one shell script per command or topic.
foreach(script box search options json features degrade inspect explain report train train_tone learn evaluate compare
               verify bench bench_film
        errors existing hostile sandbox tiers start workers notebooks readme install inputs_kept vendor
        photographs study memory)
  add_test(NAME cli_${script}
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_${script}.sh)
  set_tests_properties(cli_${script} PROPERTIES LABELS cli TIMEOUT 3600
    ENVIRONMENT "PATINA=$<TARGET_FILE:patina_cli>;BUILD=${PROJECT_BINARY_DIR};SOURCE=${PROJECT_SOURCE_DIR}")
endforeach()

# Workers against one process, also with the images that the decoder tests make.
add_test(NAME cli_isolation COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_isolation.sh)
set_tests_properties(cli_isolation PROPERTIES LABELS cli TIMEOUT 3600 FIXTURES_REQUIRED decode_cases
  ENVIRONMENT "PATINA=$<TARGET_FILE:patina_cli>;BUILD=${PROJECT_BINARY_DIR};SOURCE=${PROJECT_SOURCE_DIR};CASES=${CMAKE_CURRENT_BINARY_DIR}/parity_cases/decode")

# Restored images, including those of the decoder tests.
add_test(NAME cli_restore COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_restore.sh)
set_tests_properties(cli_restore PROPERTIES LABELS cli TIMEOUT 3600 FIXTURES_REQUIRED decode_cases
  ENVIRONMENT "PATINA=$<TARGET_FILE:patina_cli>;BUILD=${PROJECT_BINARY_DIR};SOURCE=${PROJECT_SOURCE_DIR};CASES=${CMAKE_CURRENT_BINARY_DIR}/parity_cases/decode")

# Formats that imread does not read.
add_test(NAME cli_formats COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_formats.sh)
set_tests_properties(cli_formats PROPERTIES LABELS cli TIMEOUT 3600 FIXTURES_REQUIRED decode_cases
  ENVIRONMENT "PATINA=$<TARGET_FILE:patina_cli>;BUILD=${PROJECT_BINARY_DIR};SOURCE=${PROJECT_SOURCE_DIR};CASES=${CMAKE_CURRENT_BINARY_DIR}/parity_cases/decode/further")

# Restoration by models, which model_of trains.
patina_test_program(model_of model_of.c)
add_test(NAME cli_restore_model
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_restore_model.sh)
set_tests_properties(cli_restore_model PROPERTIES LABELS cli TIMEOUT 3600
  ENVIRONMENT "PATINA=$<TARGET_FILE:patina_cli>;BUILD=${PROJECT_BINARY_DIR};SOURCE=${PROJECT_SOURCE_DIR};MODEL_OF=$<TARGET_FILE:model_of>")

# Workers that are killed at random. For the long version: PATINA_LONG=1 ctest -L fault
add_test(NAME fault_workers
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/cli/check_faults.py
                 $<TARGET_FILE:patina_cli> ${PROJECT_SOURCE_DIR}/data/sample
                 ${CMAKE_CURRENT_BINARY_DIR}/fault_workers)
set_tests_properties(fault_workers PROPERTIES LABELS fault TIMEOUT 3600)
