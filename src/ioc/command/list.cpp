#include "ioc/command/list.h"

#include <array>

namespace iochron::ioc {

std::span<const Command> commands()
{
    static constexpr std::array table = {
        Command{"casr", "[level]", "report the Channel Access server: circuits, channels, subscriptions",
                command::casr},
        Command{"counters", "", "print all counts of this IOC", command::counters},
        Command{"dbLoadGroup", "file [macros]", "load a file of groups; -file or -* forgets it, or all",
                command::db_load_group},
        Command{"dbLoadRecords", "file [macros]", "load a .db file", command::db_load_records},
        Command{"dbStateClear", "name", "clear a flag of the database", command::db_state_clear},
        Command{"dbStateCreate", "name", "make a flag of the database, for the filter sync", command::db_state_create},
        Command{"dbStateSet", "name", "set a flag of the database", command::db_state_set},
        Command{"dbStateShow", "name [level]", "print a flag of the database", command::db_state_show},
        Command{"dbStateShowAll", "[level]", "print all flags of the database", command::db_state_show_all},
        Command{"dbcar", "[record] [level]", "report the links to other IOCs; level 1: those unconnected, 2: all",
                command::dbcar},
        Command{"dbgf", "name", "print a field", command::dbgf},
        Command{"dbl", "[type]", "list the records", command::dbl},
        Command{"dbpf", "name value", "put a field", command::dbpf},
        Command{"dbpr", "record [level]", "print a record's changed fields; level 1: all", command::dbpr},
        Command{"echo", "words...", "print the words", command::echo},
        Command{"epicsEnvSet", "name value", "set a variable for $(NAME)", command::epics_env_set},
        Command{"epicsEnvShow", "[name]", "print variables", command::epics_env_show},
        Command{"exit", "", "stop the IOC", command::exit},
        Command{"help", "[command]", "list the commands", command::help},
        Command{"iocInit", "", "start the IOC", command::ioc_init},
        Command{"iocPause", "", "hold scans back", command::ioc_pause},
        Command{"iocRun", "", "go on after iocPause", command::ioc_run},
        Command{"postEvent", "event", "process the records that wait for an event", command::post_event},
        Command{"pvasr", "[level]", "report the pvAccess server: connections, channels, monitors", command::pvasr},
        Command{"pvxgl", "[level [pattern]]", "list the groups; level 1: with their sums, 2: with their fields",
                command::pvxgl},
    };
    return table;
}

} // namespace iochron::ioc
