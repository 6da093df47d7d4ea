#pragma once

#include "db/info_marks.h"
#include "db/load/mark.h"

#include <span>
#include <string_view>

namespace iochron::db::load {

/// A name with the place where it was written.
struct Word {
    std::string_view text;
    Mark mark;
};

/// The value of a field or an info item. Of a string, `text` is what it means, with its escapes resolved. Of JSON in
/// [ ] or { }, `json` is set and `text` is what EPICS keeps: the JSON5 as written, without space and comments
/// outside strings, bare words other than numbers, true, false and null in double quotes.
struct Value {
    std::string_view text;
    Mark mark;
    bool json = false;
    std::span<const InfoMark> marks{}; ///< of JSON: where its keys and values were written
};

/// What a .db file defines, told in the order of the file, as it is read: when a later part of the file turns out to
/// be wrong, what came before it has been told all the same. Views and marks are good during the call (a Mark's file
/// name until the load ends). Any of these may throw base::Problem, which ends the load.
class Definitions {
  public:
    virtual ~Definitions() = default;

    /// A record begins. As EPICS has it, type "*" amends a record that exists, "#" deletes it, and the type of an
    /// existing record of that name amends it too. Neither name is checked yet.
    virtual void record(const Word& type, const Word& name) = 0;
    virtual void field(const Word& name, const Value& value) = 0;
    virtual void info(const Word& name, const Value& value) = 0;
    /// Another name of the record that has begun.
    virtual void alias(const Word& name) = 0;
    virtual void end_record() = 0;
    /// Another name of a record defined before.
    virtual void alias(const Word& record, const Word& name) = 0;
    /// What follows comes from a template, with the values at that place of a substitutions file; an empty mark ends
    /// it.
    virtual void values_at(const Mark&) {}
};

} // namespace iochron::db::load
