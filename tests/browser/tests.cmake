# Pages in a real browser: Debian's Chromium, driven by playwright-core in tests/browser/node_modules,
# which scripts/setup.sh --tests installs. If either is missing, the tests fail.
set(BROWSER_BUILD ${CMAKE_CURRENT_BINARY_DIR}/browser)
add_test(NAME browser_model
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/browser/make_model.sh $<TARGET_FILE:patina_cli>
                 ${PROJECT_SOURCE_DIR}/data/sample ${BROWSER_BUILD})
set_tests_properties(browser_model PROPERTIES LABELS browser TIMEOUT 3600
                                              FIXTURES_SETUP browser_model)
foreach(script page page_errors page_access report film)
  add_test(NAME browser_${script}
           COMMAND node ${CMAKE_CURRENT_SOURCE_DIR}/browser/test_${script}.mjs)
  set_tests_properties(browser_${script} PROPERTIES LABELS browser TIMEOUT 3600 PROCESSORS 2
    FIXTURES_REQUIRED browser_model
    ENVIRONMENT "PATINA=$<TARGET_FILE:patina_cli>;BUILD=${CMAKE_CURRENT_BINARY_DIR};SOURCE=${PROJECT_SOURCE_DIR};MODEL=${BROWSER_BUILD}/page.model")
endforeach()
