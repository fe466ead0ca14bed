# The house rules that a script can check.
add_test(NAME lint_includes
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/lint/check_includes.py ${PROJECT_SOURCE_DIR})
add_test(NAME lint_includes_can_fail
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/lint/check_that_includes_can_fail.py)
add_test(NAME lint_headers
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lint/check_headers.sh ${PROJECT_SOURCE_DIR})
add_test(NAME lint_lines
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/lint/check_lines.py ${PROJECT_SOURCE_DIR})
set_tests_properties(lint_includes lint_includes_can_fail lint_headers lint_lines
                     PROPERTIES LABELS lint)
