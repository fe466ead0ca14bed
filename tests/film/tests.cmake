# Films: what the library reads, compared with FFmpeg.
patina_test_program(film_frames film/film_frames.c)
add_test(NAME film_reader
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/film/check_reader.py
                 $<TARGET_FILE:film_frames>)
set_tests_properties(film_reader PROPERTIES LABELS film TIMEOUT 3600)
