#include "server/pva/request.h"

#include "pv/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace iochron::server::pva {
namespace {

using pv::Structure;
using pv::Value;

constexpr std::uint32_t least_queue = 2;

/// An option as text, whatever its type; empty where it is not there.
std::string option(const Structure* request, std::string_view name)
{
    const Value* const found =
        request == nullptr ? nullptr : request->find(std::string("record._options.").append(name));
    if (found == nullptr || found->empty() || found->is_compound() || found->is_array()) {
        return {};
    }
    return pv::element_text(*found, 0, nullptr);
}

bool says_true(std::string_view text)
{
    return text == "true" || text == "TRUE" || text == "True" || text == "yes" || text == "YES" || text == "1";
}

bool says_false(std::string_view text)
{
    return text == "false" || text == "FALSE" || text == "False" || text == "no" || text == "NO" || text == "0";
}

/// The fields of `type` that are named under `at` of the request: a member without members of its own is wanted whole.
/// Gives whether any was there.
bool select(const pv::Type& asked, std::uint32_t at, const pv::Type& type, std::uint32_t field, pv::BitSet& fields)
{
    bool some = false;
    const auto names = asked.fields();
    for (std::uint32_t member = at + 1; member < names[at].end; member = names[member].end) {
        const auto members = type.fields();
        std::uint32_t child = field + 1;
        while (child < members[field].end && members[child].name != names[member].name) {
            child = members[child].end;
        }
        if (child >= members[field].end) {
            continue;
        }
        const bool whole = names[member].end == member + 1;
        if (whole) {
            fields |= pv::leaves(type, child);
            some = true;
        } else {
            some = select(asked, member, type, child, fields) || some;
        }
    }
    return some;
}

pv::Mask mask_of(const std::string& text, std::string& warning)
{
    unsigned number = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (bad == std::errc{} && end == text.data() + text.size()) {
        return pv::Mask{static_cast<std::uint8_t>(number & 7)};
    }
    pv::Mask mask = pv::Mask::none;
    constexpr std::array<std::pair<std::string_view, pv::Mask>, 4> words = {
        {{"VALUE", pv::Mask::value}, {"ARCHIVE", pv::Mask::log}, {"LOG", pv::Mask::log}, {"ALARM", pv::Mask::alarm}}};
    for (const auto& [word, bit] : words) {
        mask |= text.contains(word) ? bit : pv::Mask::none;
    }
    if (!any(mask)) {
        warning = fmt::format("record._options.DBE \"{}\" names no event and is not followed", text);
    }
    return mask;
}

void read_put_options(const Structure* asked, Request& request)
{
    const std::string process = option(asked, "process");
    if (says_true(process)) {
        request.processing = pv::Processing::yes;
    } else if (says_false(process)) {
        request.processing = pv::Processing::no;
    } else if (!process.empty() && process != "passive") {
        request.warning = fmt::format("record._options.process \"{}\" is not followed", process);
    }
    request.block = says_true(option(asked, "block"));
}

} // namespace

std::expected<Request, std::string> read_request(const Value& value, const pv::Type& type, std::string_view selection)
{
    Request request;
    const Structure* const asked = value.structure();
    const auto at = asked == nullptr ? std::nullopt : asked->type()->find(selection);
    const bool names = at && asked->type()->fields()[*at].end > *at + 1;
    if (!names) {
        request.fields = pv::leaves(type);
    } else if (!select(*asked->type(), *at, type, 0, request.fields)) {
        return std::unexpected("the pvRequest names no field that there is");
    }
    read_put_options(asked, request);
    if (const std::string dbe = option(asked, "DBE"); !dbe.empty()) {
        const pv::Mask mask = mask_of(dbe, request.warning);
        request.mask = any(mask) ? mask : request.mask;
    }
    request.pipeline = says_true(option(asked, "pipeline"));
    if (const std::string size = option(asked, "queueSize"); !size.empty()) {
        std::uint32_t number = 0;
        const auto [end, bad] = std::from_chars(size.data(), size.data() + size.size(), number);
        const bool good = bad == std::errc{} && end == size.data() + size.size() && number >= least_queue;
        if (good) {
            request.queue_size = number;
        } else if (request.pipeline) {
            return std::unexpected(fmt::format("a pipeline needs a queueSize of {} or more", least_queue));
        } else {
            request.warning = fmt::format("record._options.queueSize \"{}\" is not followed", size);
        }
    }
    return request;
}

RequestReader::Read RequestReader::read(const pv::Value& request, const pv::TypeRef& type, std::string_view selection)
{
    if (last_ && type == type_ && selection == selection_ && request == request_) {
        return last_;
    }
    auto read = read_request(request, *type, selection);
    if (!read) {
        return std::unexpected(std::move(read.error()));
    }
    last_ = std::make_shared<const Request>(std::move(*read));
    request_ = request;
    type_ = type;
    selection_ = selection;
    return last_;
}

} // namespace iochron::server::pva
