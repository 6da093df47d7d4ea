#include "wire/pva/request_text.h"

#include <algorithm>
#include <string>
#include <vector>

namespace iochron::wire::pva {
namespace {

/// Fields that were named, and the fields within them. One that has none is wanted whole.
struct Named {
    std::string name;
    std::vector<Named> within;
};

struct Option {
    std::string name;
    std::string value;
};

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The field of that name, which may be new.
Named& at(std::vector<Named>& list, std::string_view name)
{
    const auto found = std::ranges::find(list, name, &Named::name);
    return found != list.end() ? *found : list.emplace_back(std::string(name));
}

/// One reading of a text. Remembers the first fault.
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    bool all()
    {
        for (skip(); at_ < text_.size() && ok(); skip()) {
            if (text_[at_] == ',') { // between fields and groups alike
                ++at_;
                continue;
            }
            group();
        }
        return ok();
    }
    [[nodiscard]] bool ok() const { return fault_.what.empty(); }
    [[nodiscard]] const base::Fault& fault() const { return fault_; }

    std::vector<Named> fields; ///< "field", "putField", "getField", with what they name
    std::vector<Option> options;

  private:
    void fail(std::string what)
    {
        if (ok()) {
            fault_ = {at_, std::move(what)};
        }
    }
    void skip()
    {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
            ++at_;
        }
    }
    bool next_is(char c)
    {
        skip();
        if (at_ < text_.size() && text_[at_] == c) {
            ++at_;
            return true;
        }
        return false;
    }
    std::string_view word()
    {
        skip();
        const std::size_t start = at_;
        while (at_ < text_.size() && is_word(text_[at_])) {
            ++at_;
        }
        if (at_ == start) {
            fail("a name is expected");
        }
        return text_.substr(start, at_ - start);
    }

    /// One of field(), putField(), getField() and record[], or a field by itself.
    void group()
    {
        const std::size_t start = at_;
        const std::string_view name = word();
        const bool known = name == "field" || name == "putField" || name == "getField";
        if (known && next_is('(')) {
            list(at(fields, name).within, ')', 1);
        } else if (name == "record" && next_is('[')) {
            record();
        } else if (ok()) {
            at_ = start;
            field(at(fields, "field").within, 1);
        }
    }
    void list(std::vector<Named>& to, char end, std::size_t level)
    {
        if (next_is(end)) {
            return; // everything
        }
        do {
            field(to, level);
        } while (ok() && next_is(','));
        if (ok() && !next_is(end)) {
            fail(std::string("a comma or '") + end + "' is expected");
        }
    }
    /// "alarm.severity", "display{limitLow,limitHigh}".
    void field(std::vector<Named>& to, std::size_t level)
    {
        if (level > most_request_levels) {
            fail("too many fields inside one another");
            return;
        }
        const std::string_view name = word();
        if (!ok()) {
            return;
        }
        const bool fresh = std::ranges::find(to, name, &Named::name) == to.end();
        Named& named = at(to, name);
        const bool whole = !fresh && named.within.empty(); // "alarm,alarm.severity" wants all of alarm
        if (next_is('.')) {
            field(named.within, level + 1);
        } else if (next_is('{')) {
            list(named.within, '}', level + 1);
        } else if (next_is('[')) {
            fail("options of a single field are not supported");
        } else {
            named.within.clear();
        }
        if (whole) {
            named.within.clear();
        }
    }
    void record()
    {
        if (next_is(']')) {
            return;
        }
        do {
            const std::string_view name = word();
            if (ok() && !next_is('=')) {
                fail("an option needs '=' and a value");
            }
            skip();
            const std::size_t start = at_;
            while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != ']') {
                ++at_;
            }
            if (!ok()) {
                return;
            }
            std::string value(text_.substr(start, at_ - start));
            value.erase(value.find_last_not_of(" \t") + 1);
            const auto found = std::ranges::find(options, name, &Option::name);
            (found != options.end() ? *found : options.emplace_back(std::string(name))).value = std::move(value);
        } while (next_is(','));
        if (!next_is(']')) {
            fail("a comma or ']' is expected");
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    base::Fault fault_;
};

pv::TypeRef type_of(const std::vector<Named>& list)
{
    std::vector<pv::Member> members;
    for (const Named& named : list) {
        members.push_back({named.name, type_of(named.within)});
    }
    return pv::structure("", std::move(members));
}

} // namespace

base::Result<pv::Structure> parse_request(std::string_view text)
{
    if (text.size() > most_request_text_bytes) {
        return std::unexpected(base::Fault{most_request_text_bytes, "the pvRequest is too long"});
    }
    Parser parser(text);
    if (!parser.all()) {
        return std::unexpected(parser.fault());
    }
    std::vector<pv::Member> members;
    for (const Named& named : parser.fields) {
        members.push_back({named.name, type_of(named.within)});
    }
    if (!parser.options.empty()) {
        std::vector<pv::Member> options;
        for (const Option& option : parser.options) {
            options.push_back({option.name, pv::scalar(pv::ScalarType::string)});
        }
        members.push_back({"record", pv::structure("", {{"_options", pv::structure("", std::move(options))}})});
    }
    pv::Structure request(pv::structure("", std::move(members)));
    for (const Option& option : parser.options) {
        (void)request.set("record._options." + option.name, std::string_view(option.value)); // a text into a text
    }
    return request;
}

} // namespace iochron::wire::pva
