/* The actions of a tone model: the built-in filters, and shares of the predicted colors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "learn/actions.h"
#include "settings.h"

static const double affine[PAT_AFFINE_NUMBERS] = {1.5, -12, 0.75, 20, 2, -100};

static pat_actions built_in(void)
{
    pat_actions actions = {0};
    pat_error error = {0};
    for (int row = 0; row < pat_action_row_count; row++)
        if (pat_actions_add(&actions, pat_action_rows[row], &error) != PAT_OK)
            fail_msg("%s: %s", pat_action_rows[row], error.message);
    return actions;
}

static void test_built_in_filters_can_be_applied_and_differ(void **state)
{
    (void)state;
    const pat_actions actions = built_in();
    assert_in_range(actions.filters, 2, PAT_ACTION_FILTERS_MAX);
    assert_int_equal(pat_actions_count(&actions), actions.filters * PAT_ACTION_SHARES);
    for (int i = 0; i < actions.filters; i++) {
        const pat_setting *filter = &actions.filter[i];
        assert_true(pat_setting_is_valid(filter));
        assert_true(filter->value[PAT_AXIS_COLOR] == PAT_COLOR_NONE);
        assert_int_equal(pat_setting_is_idle(filter), i == 0);
        for (int j = 0; j < i; j++)
            assert_false(pat_setting_same_effect(filter, &actions.filter[j]));
    }
}

static void test_action_0_does_nothing(void **state)
{
    (void)state;
    const pat_actions actions = built_in();
    for (int action = 0; action < pat_actions_count(&actions); action++) {
        pat_setting setting = pat_action_setting(&actions, action, affine);
        pat_action_fit(&setting, 1280, 400);
        assert_true(pat_setting_is_valid(&setting));
        bool filters = pat_setting_uses(&setting, PAT_AXIS_FILTER);
        assert_true(setting.value[PAT_AXIS_SCALE] == (filters ? 0.5 : 0));
        assert_int_equal(pat_setting_is_idle(&setting), action == 0);
    }
}

static void test_shares_of_the_colors(void **state)
{
    (void)state;
    static const double shares[PAT_ACTION_SHARES] = {0, 0.25, 0.5, 0.75, 1};
    const pat_actions actions = built_in();
    for (int action = 0; action < pat_actions_count(&actions); action++) {
        const double share = shares[action % PAT_ACTION_SHARES];
        const pat_setting setting = pat_action_setting(&actions, action, affine);
        assert_true(pat_action_share(action) == share);
        assert_true(setting.value[PAT_AXIS_COLOR] == (share == 0 ? PAT_COLOR_NONE : AFFINE));
        assert_true(setting.value[PAT_AXIS_FILTER] ==
                    actions.filter[action / PAT_ACTION_SHARES].value[PAT_AXIS_FILTER]);
        for (int c = 0; c < 3; c++) {
            double gain, offset;
            pat_action_affine(action, affine, c, &gain, &offset);
            assert_true(gain == 1 + share * (affine[2 * c] - 1));
            assert_true(offset == share * affine[2 * c + 1]);
            if (share == 0)
                continue;
            assert_true(setting.value[PAT_AXIS_RED_GAIN + 2 * c] == gain);
            assert_true(setting.value[PAT_AXIS_RED_OFFSET + 2 * c] == offset);
        }
    }
}

static void test_rows_that_are_refused(void **state)
{
    (void)state;
    pat_actions actions = {0};
    pat_error error = {0};
    assert_int_equal(pat_actions_add(&actions, "filter=sharp", &error), PAT_INVALID_ARGUMENT);
    assert_int_equal(actions.filters, 0);
    assert_int_equal(pat_actions_add(&actions, "filter=gaussian;sigma=0.5:8:0.125", &error),
                     PAT_OK);
    assert_int_equal(actions.filters, 61);
    assert_int_equal(pat_actions_add(&actions, "filter=wiener;sigma=1,2;noise=0.1,1", &error),
                     PAT_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "at most 64 filters"));
    assert_int_equal(actions.filters, 61);
    assert_int_equal(pat_actions_add(&actions, "filter=unsharp;sigma=1;strength=1,2,3", &error),
                     PAT_OK);
    assert_int_equal(actions.filters, PAT_ACTION_FILTERS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_built_in_filters_can_be_applied_and_differ),
        cmocka_unit_test(test_action_0_does_nothing),
        cmocka_unit_test(test_shares_of_the_colors),
        cmocka_unit_test(test_rows_that_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
