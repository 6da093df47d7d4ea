// Files of groups of an Ioc.
#include "base/problem.h"
#include "db/load/expander.h"
#include "ioc/disk_files.h"
#include "ioc/ioc.h"
#include "ioc/state.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace iochron {
namespace {

constexpr std::string_view log_key = "ioc.groups";

void expect_no_errors(const db::group::GroupFile& file, const base::Limits& limits)
{
    db::group::Definitions definitions;
    db::group::Report report;
    read_groups(file, limits.json_depth, definitions, report);
    if (!report.errors.empty()) {
        throw base::Problem(fmt::format("{}", fmt::join(report.errors, "\n")));
    }
}

} // namespace

void Ioc::load_groups(const std::string& path, std::string_view macros)
{
    State& s = *state_;
    s.building();
    ioc::DiskFiles files(s.settings.limits);
    const auto read = files.read(path);
    if (!read) {
        throw base::Problem(
            fmt::format("the file of groups '{}' is not there; is the path right, seen from the working "
                        "directory?",
                        path));
    }
    db::load::Macros given;
    for (const auto& [name, value] : s.settings.environment) {
        given.set(name, value);
    }
    given.define(macros, {.file = "macro definitions"});
    db::load::Expander expander(given, s.settings.limits);
    State::GroupText loaded{{path, expander.expand(read->text, {.file = &path, .line = 1, .column = 1})},
                            std::string(macros)};
    expect_no_errors(loaded.file, s.settings.limits);
    forget_groups(path, macros);
    s.group_texts.push_back(std::move(loaded));
}

void Ioc::forget_groups(const std::string& path, std::string_view macros)
{
    state_->building();
    std::erase_if(state_->group_texts, [&](const State::GroupText& text) {
        return path == "*" || (text.file.name == path && text.macros == macros);
    });
}

std::vector<db::group::GroupFile> Ioc::State::group_files() const
{
    std::vector<db::group::GroupFile> files;
    for (const GroupText& text : group_texts) {
        files.push_back(text.file);
    }
    return files;
}

void Ioc::State::tell(const db::group::Report& report) const
{
    for (const std::string& error : report.errors) {
        log->error(log_key, "{}", error);
    }
    for (const std::string& warning : report.warnings) {
        log->warning(log_key, "{}", warning);
    }
    if (report.more > 0) {
        log->error(log_key, "groups: {} problems more; mend these first", report.more);
    }
}

void Ioc::State::build_groups()
{
    tell(groups.build(group_files(), settings.limits));
    group_texts.clear();
}

bool Ioc::check_groups()
{
    const db::group::Report report = state_->groups.check(state_->group_files(), state_->settings.limits);
    state_->tell(report);
    return report.errors.empty();
}

std::string Ioc::groups_text(int level, std::string_view pattern)
{
    std::string text;
    state_->shard.call([&] { text = state_->groups.text(level, pattern); });
    return text;
}

} // namespace iochron
