// A PVXS client that gives structures of every type to the server of examples/structure_store, and reads them back
// field by field: types, ids, values, and the marks of what has changed. Prints one line of JSON for each structure.
//
// Built by ../rig/pvxs.py against the headers and libraries of the Python packages pvxslibs and epicscorelibs.
#include "values.h"

#include <pvxs/client.h>
#include <pvxs/nt.h>

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>

namespace {

namespace M = pvxs::members;
using pvxs::TypeCode;
using pvxs::TypeDef;
using pvxs::Value;

constexpr double patience_s = 20;

/// A monitor, whose updates are taken one by one.
class Updates {
  public:
    Updates(pvxs::client::Context& context, const std::string& name)
        : subscription_(context.monitor(name)
                            .record("queueSize", 16u)
                            .maskConnected(true)
                            .maskDisconnected(true)
                            .event([this](pvxs::client::Subscription& subscription) { take(subscription); })
                            .exec())
    {}
    ~Updates() { subscription_.reset(); }

    Value next()
    {
        std::unique_lock<std::mutex> lock(mutex_);
        if (!news_.wait_for(lock, std::chrono::duration<double>(patience_s), [&] { return !updates_.empty(); })) {
            throw std::runtime_error("no update has come");
        }
        Value update = updates_.front();
        updates_.pop_front();
        return update;
    }

  private:
    void take(pvxs::client::Subscription& subscription)
    {
        while (Value update = subscription.pop()) {
            const std::lock_guard<std::mutex> lock(mutex_);
            updates_.push_back(update);
            news_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<Value> updates_;
    std::shared_ptr<pvxs::client::Subscription> subscription_; // ends first
};

std::map<std::string, TypeDef> scalars()
{
    std::map<std::string, TypeDef> found;
    for (const TypeCode code : all_scalars()) {
        const bool number = code != TypeCode::Bool && code != TypeCode::String;
        found.emplace(std::string("NTScalar ") + code.name(),
                      pvxs::nt::NTScalar{code, true, number, number, number}.build());
        found.emplace(std::string("NTScalarArray ") + code.name(),
                      pvxs::nt::NTScalar{code.arrayOf(), true, number, number, number}.build());
    }
    return found;
}

TypeDef table()
{
    pvxs::nt::NTTable table;
    for (const TypeCode code : all_scalars()) {
        table.add_column(code, (std::string("c_") + code.name()).c_str());
    }
    TypeDef type = table.build();
    type +=
        {M::String("descriptor"), pvxs::nt::Alarm{}.build().as("alarm"), pvxs::nt::TimeStamp{}.build().as("timeStamp")};
    return type;
}

std::map<std::string, TypeDef> structures()
{
    const pvxs::Member alarm = pvxs::nt::Alarm{}.build().as("alarm");
    const pvxs::Member stamp = pvxs::nt::TimeStamp{}.build().as("timeStamp");
    const auto choices = {M::Float64("number"), M::String("text"), M::Int64A("array"),
                          M::Struct("inside", "in_t", {M::Int32("a"), M::StringA("b")})};
    const auto row = {M::UInt32("n"), M::Union("u", "u_t", choices),
                      M::StructA("more", "deep_t", {M::Any("v"), M::StringA("as")})};
    std::map<std::string, TypeDef> found = scalars();
    const auto add = [&](const char* name, const char* id, std::initializer_list<pvxs::Member> members) {
        found.emplace(name, TypeDef(TypeCode::Struct, id, members));
    };
    found.emplace("NTEnum", pvxs::nt::NTEnum{}.build());
    found.emplace("NTTable", table());
    found.emplace("NTNDArray", pvxs::nt::NTNDArray{}.build());
    found.emplace("NTURI", pvxs::nt::NTURI({M::Float64("x"), M::String("y"), M::Int32A("z")}).build());
    add("NTMatrix", "epics:nt/NTMatrix:1.0",
        {M::Float64A("value"), M::Int32A("dim"), M::String("descriptor"), alarm, stamp,
         M::Struct("display", "display_t", {M::Float64("limitLow"), M::Float64("limitHigh"), M::String("units")})});
    add("NTNameValue", "epics:nt/NTNameValue:1.0",
        {M::StringA("name"), M::Float64A("value"), M::String("descriptor"), alarm, stamp});
    add("NTUnion", "epics:nt/NTUnion:1.0", {M::Union("value", choices), M::String("descriptor"), alarm, stamp});
    add("NTUnion of any", "epics:nt/NTUnion:1.0", {M::Any("value"), M::String("descriptor"), alarm, stamp});
    add("NTMultiChannel", "epics:nt/NTMultiChannel:1.0",
        {M::UnionA("value", choices), M::StringA("channelName"), alarm, stamp, M::Int32A("severity"),
         M::BoolA("isConnected")});
    add("NTHistogram", "epics:nt/NTHistogram:1.0", {M::Float64A("ranges"), M::Int64A("value"), alarm, stamp});
    add("NTAggregate", "epics:nt/NTAggregate:1.0",
        {M::Float64("value"), M::Int64("N"), M::Float64("max"), pvxs::nt::TimeStamp{}.build().as("maxTimeStamp"), alarm,
         stamp});
    add("NTAttribute", "epics:nt/NTAttribute:1.0",
        {M::String("name"), M::Any("value"), M::StringA("tags"), M::String("descriptor"), alarm, stamp});
    add("arrays of structures", "rows:1.0",
        {M::StructA("value", "row_t", row), M::StructA("other", {M::Float64("q")})});
    add("structures inside", "",
        {M::Struct("a", "a_t", {M::Struct("b", "b_t", {M::Struct("c", "c_t", row)})}), M::Int32("z")});
    add("unions", "", {M::Union("one", "one_t", choices), M::UnionA("many", "many_t", choices)});
    // Not a union that holds a union by itself: PVXS' clients (1.5.3) cannot copy one, and end their connection.
    add("unions inside", "",
        {M::Union("u", {M::Struct("in", {M::Union("in", {M::String("text"), M::Int8("n")})}), M::Any("v")})});
    add("anys", "", {M::Any("one"), M::AnyA("many"), M::Any("two"), M::Any("three")});
    std::vector<pvxs::Member> fields;
    for (int i = 0; i < 300; ++i) {
        fields.emplace_back(all_scalars()[i % all_scalars().size()], "field" + std::to_string(i));
    }
    found.emplace("many fields", TypeDef(TypeCode::Struct, "many:1.0", fields));
    return found;
}

/// What a put of one field also sets: a mailbox stamps what it is given.
bool is_stamp(const std::string& path)
{
    return path == "timeStamp.secondsPastEpoch" || path == "timeStamp.nanoseconds";
}

/// One structure's way there and back.
class Trip {
  public:
    Trip(pvxs::client::Context& context, std::string name, const TypeDef& type)
        : context_(context), name_(std::move(name)), sent_(type.create())
    {}

    void run()
    {
        fill(sent_, 1);
        store();
        Updates updates(context_, name_);
        check("get", get());
        check("first update", updates.next());
        for (const int n : {3, 4}) { // unions, arrays and anys hold other things each time
            fill(sent_, n);
            put(sent_);
            check("get after a put", get());
            const Value update = updates.next();
            check("update", update);
            check_marks("update", update, marks(sent_));
        }
        for (const std::string& path : marks(sent_)) {
            if (!is_stamp(path)) {
                put_one(path, updates);
            }
        }
    }
    void print(const std::string& title) const
    {
        std::printf("{\"structure\": \"%s\", \"fields\": %zu, \"compared\": %zu, \"differences\": [", title.c_str(),
                    marks(sent_).size(), compared_);
        for (std::size_t i = 0; i < differences_.size(); ++i) {
            std::printf("%s\"%s\"", i == 0 ? "" : ", ", quoted(differences_[i]).c_str());
        }
        std::printf("]}\n");
        std::fflush(stdout);
    }
    void fail(const std::string& why) { differences_.push_back(why); }

  private:
    void store()
    {
        auto arguments = TypeDef(TypeCode::Struct, {M::String("name"), M::Any("value")}).create();
        arguments["name"] = name_;
        arguments["value"].from(sent_);
        context_.rpc("STORE", arguments).exec()->wait(patience_s);
    }
    Value get() { return context_.get(name_).exec()->wait(patience_s); }
    void put(const Value& value)
    {
        context_.put(name_)
            .fetchPresent(false)
            .build([&](Value&& prototype) {
                if (!prototype.equalType(value)) {
                    fail("the put's type is another");
                }
                return value;
            })
            .exec()
            ->wait(patience_s);
    }
    void put_one(const std::string& path, Updates& updates)
    {
        Value one = sent_.cloneEmpty();
        fill(one[path], 6);
        put(one);
        fill(sent_[path], 6); // assign() does not take all kinds of fields
        const Value update = updates.next();
        check_marks("update of " + path, update, {path});
        check("update of " + path, update);
        check("get after " + path, get());
    }
    void check(const std::string& when, const Value& read)
    {
        const bool stamped = when.find(" of ") != std::string::npos || when.find("after ") != std::string::npos;
        for (const std::string& difference : differences(sent_, read, compared_)) {
            if (!(stamped && is_stamp(difference.substr(0, difference.find(':'))))) {
                fail(when + ": " + difference);
            }
        }
    }
    void check_marks(const std::string& when, const Value& update, const std::vector<std::string>& wanted)
    {
        std::string more;
        std::vector<std::string> told;
        for (const std::string& path : marks(update)) {
            if (!is_stamp(path) || std::find(wanted.begin(), wanted.end(), path) != wanted.end()) {
                told.push_back(path);
            }
        }
        if (told != wanted) {
            fail(when + ": marked are " + joined(told) + " and not " + joined(wanted));
        }
    }

    pvxs::client::Context& context_;
    std::string name_;
    Value sent_;
    std::size_t compared_ = 0;
    std::vector<std::string> differences_;
};

} // namespace

int main()
{
    pvxs::client::Context context = pvxs::client::Context::fromEnv();
    int number = 0;
    for (const auto& structure : structures()) {
        Trip trip(context, "RT:" + std::to_string(number++), structure.second);
        try {
            trip.run();
        } catch (const std::exception& problem) {
            trip.fail(problem.what());
        }
        trip.print(structure.first);
    }
}
