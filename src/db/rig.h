#pragma once

#include "base/manual_clock.h"
#include "db/database.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace iochron::db {

/// A sink that notes what it is told.
/// Thread: shard
class Notes : public pv::Sink {
  public:
    struct Noted {
        std::uint64_t token;
        pv::Value value;
        pv::Alarm alarm;
        pv::Mask mask;
        base::Stamp time;
        std::string message;
        pv::Acknowledgement acknowledgement;
        pv::MetaRef meta;
    };

    void opened(std::span<const pv::Opened> answers) override
    {
        answered.insert(answered.end(), answers.begin(), answers.end());
    }
    std::size_t updates(std::span<const pv::Update> batch) override
    {
        for (const pv::Update& update : batch) {
            noted.push_back(note(update.token, update.sample));
            events.push_back(fmt::format("update {}", static_cast<std::uint64_t>(update.token)));
        }
        return batch.size() * cost;
    }
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override
    {
        ended.emplace_back(static_cast<std::uint64_t>(operation), status);
        events.push_back(fmt::format("completed {}", static_cast<std::uint64_t>(operation)));
        if (sample != nullptr) {
            read = note(operation, *sample);
        }
    }
    void rights_changed(pv::Token, pv::Rights) override {}
    void meta_changed(pv::Token channel, const pv::MetaRef& meta) override
    {
        metas.emplace_back(static_cast<std::uint64_t>(channel), meta);
    }
    void closed(pv::Token, const pv::Status&) override {}
    void settled() override { events.push_back("settled"); }

    std::vector<pv::Opened> answered;
    std::vector<Noted> noted;
    std::vector<std::pair<std::uint64_t, pv::Status>> ended;
    std::vector<std::pair<std::uint64_t, pv::MetaRef>> metas;
    std::vector<std::string> events;
    Noted read{};
    std::size_t cost = 1; ///< reported per update

  private:
    static Noted note(pv::Token token, const pv::Sample& s)
    {
        return {static_cast<std::uint64_t>(token),
                s.value,
                s.alarm,
                s.mask,
                s.time,
                s.message == nullptr ? std::string() : *s.message,
                s.acknowledgement,
                s.meta == nullptr ? nullptr : std::make_shared<pv::Meta>(*s.meta)};
    }
};

/// Keeps the lines.
/// Thread: shard
class Lines : public base::Log {
  public:
    void write(base::Level, std::string_view, std::string_view text) override { lines.emplace_back(text); }
    [[nodiscard]] bool has(std::string_view part) const
    {
        return std::ranges::any_of(lines,
                                   [&](const std::string& line) { return line.find(part) != std::string::npos; });
    }

    std::vector<std::string> lines;
};

/// A database under a clock that a test moves, in the manner of EPICS' dbUnitTest.
/// Thread: shard
class Rig {
  public:
    Rig() : Rig(nullptr) {}
    /// One whose links can lead to the PVs of another Source.
    explicit Rig(pv::Source& network) : Rig(&network) {}
    RecordId record(std::string_view type, std::string_view name,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> fields = {})
    {
        const auto id = database.create(type, name);
        EXPECT_TRUE(id) << (id ? "" : id.error());
        for (const auto& [field, text] : fields) {
            const auto result = database.put_text(*id, field, text);
            EXPECT_TRUE(result) << name << "." << field << ": " << (result ? "" : result.error());
        }
        return *id;
    }
    void start() { database.start(clock.steady()); }

    /// Time passes; all that is due in it is done.
    void pass(std::chrono::nanoseconds time)
    {
        const base::Steady end = clock.steady() + time;
        run();
        for (base::Steady due = database.next_deadline(); due <= end; due = database.next_deadline()) {
            clock.advance(due - clock.steady());
            run();
        }
        clock.advance(end - clock.steady());
    }
    /// All that is due now is done.
    void run()
    {
        while (database.next_deadline() <= clock.steady()) {
            (void)database.advance(clock.steady());
        }
    }

    RecordId id(std::string_view name)
    {
        const auto found = database.find(name.substr(0, name.find('.')));
        EXPECT_TRUE(found) << name;
        return *found;
    }
    static std::string_view field(std::string_view name)
    {
        return name.find('.') == std::string_view::npos ? std::string_view("VAL") : name.substr(name.find('.') + 1);
    }
    pv::Status put(std::string_view name, double value)
    {
        return database.put(id(name), field(name), pv::Value::of(value));
    }
    pv::Status put(std::string_view name, std::string_view text)
    {
        return database.put(id(name), field(name), pv::Value::of(text));
    }
    double number(std::string_view name)
    {
        const auto value = database.get(id(name), field(name));
        EXPECT_TRUE(value) << name;
        return value->as_double();
    }
    std::string text(std::string_view name)
    {
        const auto value = database.text(id(name), field(name));
        return value ? *value : value.error();
    }

    pv::ChannelId open(std::string_view name, pv::Sink& sink, std::uint64_t token = 0)
    {
        const pv::OpenRequest request{name, pv::Token{token}};
        database.open({&request, 1}, peer, sink);
        return static_cast<Notes&>(sink).answered.back().channel;
    }
    pv::SubscriptionId subscribe(std::string_view name, std::uint64_t token,
                                 pv::Mask mask = pv::Mask::value | pv::Mask::alarm)
    {
        const pv::ChannelId channel = open(name, notes, token);
        return database.subscribe({.channel = channel, .mask = mask, .token = pv::Token{token}}, notes);
    }
    /// The values that the subscription got, the first one included.
    std::vector<double> values(std::uint64_t token)
    {
        std::vector<double> all;
        for (const Notes::Noted& noted : notes.noted) {
            if (noted.token == token) {
                all.push_back(noted.value.as_double());
            }
        }
        return all;
    }

    base::ManualClock clock;
    Lines log;
    base::Counters counters;
    pv::Peer peer;
    Notes notes;
    Database database;

  private:
    explicit Rig(pv::Source* network)
        : database({.clock = clock,
                    .log = log,
                    .counters = counters,
                    .network = network != nullptr ? [network] { return network; } : std::function<pv::Source*()>()})
    {}
};

} // namespace iochron::db
