#pragma once

#include "ioc/shell.h"

#include <span>
#include <string>

/// What each command does; list.cpp says under which name. One file a command, or a family of them.
namespace iochron::ioc::command {

void casr(Shell& shell, std::span<const std::string> arguments);
void pvxgl(Shell& shell, std::span<const std::string> arguments);
void pvasr(Shell& shell, std::span<const std::string> arguments);
void counters(Shell& shell, std::span<const std::string> arguments);
void db_load_group(Shell& shell, std::span<const std::string> arguments);
void db_load_records(Shell& shell, std::span<const std::string> arguments);
void dbcar(Shell& shell, std::span<const std::string> arguments);
void dbgf(Shell& shell, std::span<const std::string> arguments);
void dbl(Shell& shell, std::span<const std::string> arguments);
void dbpf(Shell& shell, std::span<const std::string> arguments);
void db_state_create(Shell& shell, std::span<const std::string> arguments);
void db_state_set(Shell& shell, std::span<const std::string> arguments);
void db_state_clear(Shell& shell, std::span<const std::string> arguments);
void db_state_show(Shell& shell, std::span<const std::string> arguments);
void db_state_show_all(Shell& shell, std::span<const std::string> arguments);
void dbpr(Shell& shell, std::span<const std::string> arguments);
void echo(Shell& shell, std::span<const std::string> arguments);
void epics_env_set(Shell& shell, std::span<const std::string> arguments);
void epics_env_show(Shell& shell, std::span<const std::string> arguments);
void exit(Shell& shell, std::span<const std::string> arguments);
void help(Shell& shell, std::span<const std::string> arguments);
void ioc_init(Shell& shell, std::span<const std::string> arguments);
void ioc_pause(Shell& shell, std::span<const std::string> arguments);
void ioc_run(Shell& shell, std::span<const std::string> arguments);
void post_event(Shell& shell, std::span<const std::string> arguments);

} // namespace iochron::ioc::command
