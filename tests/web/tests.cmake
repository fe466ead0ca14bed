# The server as its clients meet it, over raw sockets on loopback. Label: web.
set(WEB_MODEL ${CMAKE_CURRENT_BINARY_DIR}/web/forest.model)
add_test(NAME web_model
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/web/make_model.py
                 $<TARGET_FILE:patina_cli> ${PROJECT_SOURCE_DIR}/data/sample ${WEB_MODEL})
set_tests_properties(web_model PROPERTIES LABELS web TIMEOUT 3600 FIXTURES_SETUP web_model)
foreach(script access api contract limits stop)
  add_test(NAME web_${script}
           COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/web/check_${script}.py
                   $<TARGET_FILE:patina_cli> ${PROJECT_SOURCE_DIR}/data/sample ${WEB_MODEL})
  set_tests_properties(web_${script} PROPERTIES LABELS web TIMEOUT 3600 FIXTURES_REQUIRED web_model)
endforeach()
