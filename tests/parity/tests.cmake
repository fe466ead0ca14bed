# Compare numbers and pixels with the real OpenCV, scikit-image, scikit-learn and NumPy.
patina_test_program(restored_digest parity/restored_digest.c)
patina_test_program(decode_digest parity/decode_digest.c)
patina_test_program(model_figures parity/model_figures.c)
patina_test_program(score_values parity/score_values.c)
patina_test_program(filter_values parity/filter_values.c)

set(cases ${CMAKE_CURRENT_BINARY_DIR}/parity_cases)
add_test(NAME parity_edge_cases
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/make_edge_cases.py ${cases}/edge)
add_test(NAME parity_decode_cases
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/make_decode_cases.py ${cases}/decode)
add_test(NAME parity_further_cases
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/make_further_cases.py ${cases}/decode)
set_tests_properties(parity_edge_cases PROPERTIES FIXTURES_SETUP edge_cases)
set_tests_properties(parity_decode_cases parity_further_cases PROPERTIES
                     FIXTURES_SETUP decode_cases ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)

function(patina_parity_test name damaged undamaged)
  add_test(NAME parity_${name}
           COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_parity.py
                   $<TARGET_FILE:patina_cli> $<TARGET_FILE:restored_digest>
                   ${CMAKE_CURRENT_BINARY_DIR}/parity_${name} ${damaged} ${undamaged} ${ARGN})
  set_tests_properties(parity_${name} PROPERTIES FIXTURES_REQUIRED edge_cases)
endfunction()

set(sample ${PROJECT_SOURCE_DIR}/data/sample)
patina_parity_test(sample ${sample}/damaged ${sample}/undamaged)
patina_parity_test(edge ${cases}/edge/damaged ${cases}/edge/undamaged)
patina_parity_test(grid ${cases}/edge/damaged ${cases}/edge/undamaged
                   --grid "color=none,white_balance$<SEMICOLON>sigma=0.3,0.8,3,7.5$<SEMICOLON>strength=0,0.1:0.9:0.2,1.3,3.7,12")
patina_parity_test(levels ${cases}/edge/damaged ${cases}/edge/undamaged
                   --grid "color=levels,none,white_balance,stretch$<SEMICOLON>sigma=0.5,2$<SEMICOLON>strength=0,0.7,1.5")

add_test(NAME parity_extended
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_extended.py
                 $<TARGET_FILE:patina_cli> ${CMAKE_CURRENT_BINARY_DIR}/parity_extended
                 ${sample}/damaged ${cases}/edge/damaged)
set_tests_properties(parity_extended PROPERTIES FIXTURES_REQUIRED edge_cases)

# With sanitizers, only run patina on the same images, without comparing. After a crash the file is
# missing, and a leak has another exit status.
if(PATINA_SANITIZE)
  add_test(NAME parity_edge_run
           COMMAND sh -c "rm -f edge.csv && '$<TARGET_FILE:patina_cli>' search '${cases}/edge/damaged' '${cases}/edge/undamaged' --in-process --extended --restart --trials edge.trials.csv -o edge.csv --quiet; test $? -le 1 && test -s edge.csv")
  set_tests_properties(parity_edge_run PROPERTIES LABELS parity TIMEOUT 1200
                                                  FIXTURES_REQUIRED edge_cases)
endif()

add_test(NAME parity_pixels
         COMMAND sh -c "exec ${PYTHON} '${CMAKE_CURRENT_SOURCE_DIR}/parity/check_pixels.py' '$<TARGET_FILE:decode_digest>' '${cases}'/decode/* '${sample}'/damaged/* '${sample}'/undamaged/*")
add_test(NAME parity_refused
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_refused.sh $<TARGET_FILE:decode_digest>
                 ${cases}/decode/refused)
set_tests_properties(parity_pixels parity_refused PROPERTIES FIXTURES_REQUIRED decode_cases)
add_test(NAME parity_statistics
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_statistics.py
                 $<TARGET_FILE:patina_cli> ${CMAKE_CURRENT_BINARY_DIR}/parity_statistics)
add_test(NAME parity_models
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_models.py
                 $<TARGET_FILE:model_figures> ${CMAKE_CURRENT_BINARY_DIR}/parity_models)
add_test(NAME parity_scores
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_scores.py
                 $<TARGET_FILE:score_values> ${CMAKE_CURRENT_BINARY_DIR}/parity_scores
                 ${sample}/damaged/photographer.png ${sample}/undamaged/photographer.png
                 ${sample}/damaged/grass.bmp ${sample}/undamaged/grass.bmp
                 ${sample}/damaged/gravel.jpg ${sample}/undamaged/gravel.jpg)
add_test(NAME parity_filters
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_filters.py
                 $<TARGET_FILE:filter_values> ${sample}/damaged/photographer.png
                 ${sample}/damaged/gravel.jpg)
add_test(NAME parity_damage
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_damage.py
                 $<TARGET_FILE:patina_cli> ${sample}/undamaged
                 ${CMAKE_CURRENT_BINARY_DIR}/parity_damage)
set_tests_properties(parity_edge_cases parity_decode_cases parity_further_cases parity_sample parity_edge parity_grid
                     parity_levels parity_extended parity_pixels parity_refused parity_models
                     parity_scores parity_statistics parity_filters parity_damage
                     PROPERTIES LABELS parity TIMEOUT 1200)
