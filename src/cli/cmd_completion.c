#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "console.h"

/* The completion of one option or argument of a command. */
typedef void put_row(const struct command *command, const option_row *row);

static void for_each_row(const struct command *command, put_row *put)
{
    option_line line = {0};
    options_collect(command->options, &line);
    for (int i = 0; i < line.count; i++)
        if (line.slot[i].row->old_of == NULL)
            put(command, line.slot[i].row);
}

static void for_each_command(void (*put)(const struct command *command))
{
    for (const struct command *command = commands; command->name != NULL; command++)
        if (command->help != NULL)
            put(command);
}

static bool takes_folder(const option_row *row)
{
    return row->type == OPTION_FOLDER;
}

static bool takes_file(const option_row *row)
{
    return row->type == OPTION_FILE || row->type == OPTION_OUTPUT || row->type == OPTION_STREAM;
}

static void print_name(const struct command *command)
{
    printf(" %s", command->name);
}

/* ---- bash ------------------------------------------------------------------------------------ */

static void bash_names(const struct command *command, const option_row *row)
{
    (void)command;
    if (row->name != NULL)
        printf(" --%s", row->name);
}

/* A pattern for "COMMAND OPTION" and the words that may follow it. */
static void bash_values(const struct command *command, const option_row *row)
{
    char choices[OPTION_TEXT_SIZE] = "";
    if (row->name == NULL || !option_takes_value(row))
        return;
    printf("    '%s --%s'", command->name, row->name);
    if (row->letter != 0)
        printf(" | '%s -%c'", command->name, row->letter);
    if (row->choices != NULL)
        option_join_choices(row, " ", choices);
    printf(") %s'%s' ;;\n",
           takes_folder(row) ? "kind=-d words="
           : takes_file(row) ? "kind=-f words="
                             : "words=",
           choices);
}

static void bash_command_values(const struct command *command)
{
    for_each_row(command, bash_values);
}

static void bash_command_names(const struct command *command)
{
    printf("    %s) words='", command->name);
    for_each_row(command, bash_names);
    printf("' ;;\n");
}

static void print_bash(void)
{
    printf("# bash completion for patina; made by 'patina completion bash'\n"
           "_patina()\n{\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local command=${COMP_WORDS[1]} kind= words=\n"
           "    # bash takes the = of --option=value for a word\n"
           "    if [ \"$current\" = = ]; then\n"
           "        current=\n"
           "    elif [ \"$previous\" = = ]; then\n"
           "        previous=${COMP_WORDS[COMP_CWORD-2]}\n"
           "    fi\n"
           "    COMPREPLY=()\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        COMPREPLY=($(compgen -W 'help");
    for_each_command(print_name);
    printf(" --help --version' -- \"$current\"))\n"
           "        return\n"
           "    fi\n"
           "    case \"$command $previous\" in\n"
           "    'help help') words='");
    for_each_command(print_name);
    printf("' ;;\n");
    for_each_command(bash_command_values);
    printf("    *)\n"
           "        kind=-f\n"
           "        case \"$current\" in -*) kind= ;; esac\n"
           "        case \"$command\" in\n");
    for_each_command(bash_command_names);
    printf("        esac ;;\n"
           "    esac\n"
           "    case \"$kind\" in\n"
           "    -*)\n"
           "        compopt -o filenames 2>/dev/null\n"
           "        mapfile -t COMPREPLY < <(compgen $kind -- \"$current\") ;;\n"
           "    *) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n"
           "    esac\n"
           "}\n"
           "complete -F _patina patina\n");
}

/* ---- zsh ------------------------------------------------------------------------------------- */

/* Text in single quotes and, for zsh, brackets. */
static void print_escaped(const char *text, const char *special)
{
    for (; *text != '\0'; text++)
        if (*text == '\'')
            printf("'\\''");
        else
            printf(strchr(special, *text) != NULL ? "\\%c" : "%c", *text);
}

static void zsh_values(const option_row *row)
{
    char choices[OPTION_TEXT_SIZE] = "";
    if (row->choices != NULL)
        option_join_choices(row, " ", choices);
    print_escaped(row->argument != NULL ? row->argument : "value", ":[]");
    if (row->choices != NULL)
        printf(":(%s)", choices);
    else
        printf(":%s", takes_folder(row) ? "_files -/" : takes_file(row) ? "_files" : "");
}

static void zsh_row(const struct command *command, const option_row *row)
{
    (void)command;
    if (row->name == NULL) {
        printf(" \\\n        '%s:", row->repeated ? "*" : "");
        zsh_values(row);
        printf("'");
        return;
    }
    for (int letter = 0; letter < (row->letter != 0 ? 2 : 1); letter++) {
        printf(" \\\n        '");
        if (letter == 1)
            printf("-%c%s[", row->letter, option_takes_value(row) ? "+" : "");
        else
            printf("--%s%s[", row->name, option_takes_value(row) ? "=" : "");
        print_escaped(row->help, ":[]");
        printf("]");
        if (option_takes_value(row)) {
            printf(":");
            zsh_values(row);
        }
        printf("'");
    }
}

static void zsh_name(const struct command *command)
{
    printf("        '%s:%s'\n", command->name, command->help);
}

static void zsh_command(const struct command *command)
{
    printf("    %s) _arguments -S", command->name);
    for_each_row(command, zsh_row);
    printf(" ;;\n");
}

static void print_zsh(void)
{
    printf("#compdef patina\n# made by 'patina completion zsh'\n"
           "_patina()\n{\n"
           "    local -a commands=(\n");
    for_each_command(zsh_name);
    printf("        'help:the options of a command'\n    )\n"
           "    if (( CURRENT == 2 )); then\n"
           "        _describe command commands\n"
           "        return\n"
           "    fi\n"
           "    shift words\n"
           "    (( CURRENT-- ))\n"
           "    case $words[1] in\n"
           "    help) _describe command commands ;;\n");
    for_each_command(zsh_command);
    printf("    esac\n}\n_patina \"$@\"\n");
}

/* ---- fish ------------------------------------------------------------------------------------ */

static void fish_row(const struct command *command, const option_row *row)
{
    char choices[OPTION_TEXT_SIZE];
    if (row->name == NULL)
        return;
    printf("complete -c patina -n '__fish_seen_subcommand_from %s' -l %s", command->name,
           row->name);
    if (row->letter != 0)
        printf(" -s %c", row->letter);
    if (row->choices != NULL) {
        option_join_choices(row, " ", choices);
        printf(" -x -a '%s'", choices);
    } else if (takes_folder(row)) {
        printf(" -x -a '(__fish_complete_directories)'");
    } else if (option_takes_value(row)) {
        printf(takes_file(row) ? " -r -F" : " -x");
    }
    printf(" -d '");
    for (const char *at = row->help; *at != '\0'; at++)
        printf(*at == '\'' ? "\\%c" : "%c", *at);
    printf("'\n");
}

static void fish_command(const struct command *command)
{
    printf("complete -c patina -n __fish_use_subcommand -f -a %s -d '%s'\n", command->name,
           command->help);
    for_each_row(command, fish_row);
}

static void print_fish(void)
{
    printf("# fish completion for patina; made by 'patina completion fish'\n"
           "complete -c patina -n __fish_use_subcommand -f -a help -d 'the options of a command'\n"
           "complete -c patina -n '__fish_seen_subcommand_from help' -f -a '");
    for_each_command(print_name);
    printf("'\n");
    for_each_command(fish_command);
}

/* ---- The command ----------------------------------------------------------------------------- */

enum { BASH, ZSH, FISH };

static const char *shell_name(int number)
{
    static const char *const names[] = {"bash", "zsh", "fish", NULL};
    return names[number];
}

static const option_row options[] = {
    {NULL, 0, "SHELL", OPTION_CHOICE, .size = sizeof(int), .choices = shell_name,
     .missing = "name a shell: bash, zsh or fish"},
    {0},
};

static const option_group groups[] = {{.rows = options}, {0}};

const option_set completion_set = {
    .usage = "bash|zsh|fish",
    .summary = "Print what a shell needs to complete the commands and options of patina.",
    .notes = "For example: source <(patina completion bash)",
    .groups = groups,
};

int cmd_completion(int argc, char **argv)
{
    static void (*const print[])(void) = {
        [BASH] = print_bash, [ZSH] = print_zsh, [FISH] = print_fish};
    int shell = 0;
    options_read(&completion_set, argc, argv, &shell);
    print[shell]();
    return EXIT_ALL_WELL;
}
