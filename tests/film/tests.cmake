# Films: what the library reads and writes, compared with FFmpeg.
foreach(what frames copy)
  patina_test_program(film_${what} film/film_${what}.c)
endforeach()

# Add the test film_NAME, which runs film/check_NAME.py with a program.
function(patina_film_test name program)
  add_test(NAME film_${name}
           COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/film/check_${name}.py
                   $<TARGET_FILE:${program}>)
  set_tests_properties(film_${name} PROPERTIES LABELS film TIMEOUT 3600)
endfunction()
patina_film_test(reader film_frames)
patina_film_test(copy film_copy)
patina_film_test(x264 patina_cli)
patina_film_test(report patina_cli)
add_test(NAME film_restored
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/film/check_film.py $<TARGET_FILE:patina_cli>
                 ${PROJECT_SOURCE_DIR}/data/sample)
set_tests_properties(film_restored PROPERTIES LABELS film TIMEOUT 3600)
add_test(NAME film_frames
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/film/check_frames.py $<TARGET_FILE:patina_cli>
                 ${PROJECT_SOURCE_DIR}/data/sample)
set_tests_properties(film_frames PROPERTIES LABELS film TIMEOUT 3600)
