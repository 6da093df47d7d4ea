#pragma once

#include "db/group/groups.h"
#include "db/load/loader.h"
#include "db/rig.h"
#include "pv/print.h"

#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::group {

/// A database of a .db text with its groups.
/// Thread: shard
struct GroupRig : Rig {
    explicit GroupRig(std::string_view text, std::vector<GroupFile> files = {})
    {
        load::MemoryFiles no_files;
        const load::Macros macros;
        const base::Limits limits;
        load::load_db_text(database, "test.db", text, {no_files, macros, load::SearchPath(""), limits}, log);
        start();
        report = groups.build(files, limits);
    }

    pv::ChannelId open_group(std::string_view name)
    {
        const pv::OpenRequest request{name, pv::Token{1}};
        groups.open({&request, 1}, peer, notes);
        return notes.answered.back().channel;
    }
    const pv::Structure& get(std::string_view name)
    {
        const pv::ChannelId channel = open_group(name);
        groups.read({.channel = channel, .token = pv::Token{2}}, peer, notes);
        groups.close(channel);
        return *notes.read.value.structure();
    }
    /// A value of a group's field: "value.A".
    pv::Value get(std::string_view name, std::string_view path) { return *get(name).find(path); }
    pv::SubscriptionId monitor(std::string_view name, std::uint64_t token)
    {
        return groups.subscribe({.channel = open_group(name), .token = pv::Token{token}}, notes);
    }
    /// What was told since the last time: "first", then of each update what is marked.
    std::vector<std::string> told()
    {
        std::vector<std::string> all;
        for (const Notes::Noted& noted : notes.noted) {
            pv::Structure part = *noted.value.structure();
            for (std::uint32_t i = 0; i < part.type()->fields().size(); ++i) {
                const std::string path = part.type()->path(i);
                if (path.contains("alarm.") || path.contains("timeStamp.") || path.starts_with("record.")) {
                    part.unmark(i);
                }
            }
            all.push_back(noted.mask == pv::Mask::none ? "first" : pv::to_json(part, true));
        }
        notes.noted.clear();
        return all;
    }
    pv::Status put(pv::ChannelId channel, const std::vector<std::pair<std::string, pv::Value>>& values,
                   pv::Processing processing = pv::Processing::passive, bool wait = false)
    {
        pv::Structure put(groups.describe(channel)->structure);
        for (const auto& [path, value] : values) {
            EXPECT_TRUE(put.set(path, value).ok()) << path;
        }
        notes.ended.clear();
        groups.write({.channel = channel,
                      .token = pv::Token{3},
                      .value = pv::Value::of(std::move(put)),
                      .processing = processing,
                      .wait = wait},
                     peer, notes);
        return notes.ended.empty() ? pv::Status{pv::Outcome::timed_out, "not ended"} : notes.ended.back().second;
    }

    Groups groups{database, log};
    Report report;
};

} // namespace iochron::db::group
