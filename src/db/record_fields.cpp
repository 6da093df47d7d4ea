#include "db/record_fields.h"

#include "db/accessor.h"

#include <cassert>

namespace iochron::db {

namespace {

pv::Value name_of(const Core& core, const Record& record, const Field&)
{
    return pv::Value::of(core.name(record));
}

pv::Value type_of(const Core& core, const Record& record, const Field&)
{
    return pv::Value::of(core.type(record).name);
}

pv::Value amsg(const Core& core, const Record& record, const Field&)
{
    const std::string* const text = core.message(record);
    return pv::Value::of(text == nullptr ? std::string_view{} : std::string_view(*text));
}

pv::Value namsg(const Core& core, const Record& record, const Field&)
{
    const auto found = core.messages.find(record.id);
    return pv::Value::of(found == core.messages.end() ? std::string_view{} : std::string_view(found->second.next));
}

pv::Value ackt(const Core&, const Record& record, const Field&)
{
    return pv::Value::enumeration(record.is(flag_ackt) ? 1 : 0);
}

pv::Status set_ackt(Core&, Record& record, const Field&, const pv::Value& value)
{
    record.set(flag_ackt, value.get<std::uint16_t>() != 0);
    return {};
}

Field sized(Field field, std::uint16_t size)
{
    field.size = size;
    return field;
}

Field with_menu(Field field, const Menu& menu)
{
    field.menu = &menu;
    return field;
}

std::vector<Field> scheduling()
{
    return {
        sized(computed("NAME", Dbf::string, name_of, nullptr, "Record Name", nomod | hidden), 61),
        cold_text("DESC", 41, "Descriptor"),
        cold_text("ASG", 29, "Access Security Group"),
        menu<&Record::scan>("SCAN", menu_scan, "Scan Mechanism").with(Special::scan),
        cold_menu("PINI", menu_pini, "Process at iocInit"),
        field<&Record::phas>("PHAS", "Scan Phase").with(Special::scan),
        cold_text("EVNT", 40, "Event Name").with(Special::scan),
        cold("TSE", Dbf::int16, "Time Stamp Event").with(Special::stamp),
        cold_link("TSEL", Dbf::inlink, "Time Stamp Link").with(Special::stamp),
        with_menu(menu<&Record::dtyp>("DTYP", menu_scan, "Device Type"), menu_scan),
        cold("DISV", Dbf::int16, "Disable Value").starts_as("1").with(Special::disable),
        cold("DISA", Dbf::int16, "Disable").with(Special::disable),
        cold_link("SDIS", Dbf::inlink, "Scanning Disable").with(Special::disable),
        noaccess("MLOK", "Monitor lock"),
        noaccess("MLIS", "Monitor List"),
        noaccess("BKLNK", "Backwards link tracking"),
        flag<flag_disp>("DISP", "Disable putField"),
        cold("PROC", Dbf::uint8, "Force Processing", pp | hidden),
    };
}

std::vector<Field> state()
{
    return {
        menu<&Record::stat>("STAT", menu_alarm_status, "Alarm Status", nomod | hidden).starts_as("UDF"),
        menu<&Record::sevr>("SEVR", menu_severity, "Alarm Severity", nomod | hidden),
        sized(computed("AMSG", Dbf::string, amsg, nullptr, "Alarm Message", nomod | hidden), 40),
        menu<&Record::nsta>("NSTA", menu_alarm_status, "New Alarm Status", nomod | hidden),
        menu<&Record::nsev>("NSEV", menu_severity, "New Alarm Severity", nomod | hidden),
        sized(computed("NAMSG", Dbf::string, namsg, nullptr, "New Alarm Message", nomod | hidden), 40),
        menu<&Record::acks>("ACKS", menu_severity, "Alarm Ack Severity", nomod | hidden),
        with_menu(computed("ACKT", Dbf::menu, ackt, set_ackt, "Alarm Ack Transient", nomod), menu_yes_no)
            .starts_as("YES"),
        cold_menu("DISS", menu_severity, "Disable Alarm Sevrty"),
        field<&Record::lcnt>("LCNT", "Lock Count", nomod | hidden),
        flag<flag_pact>("PACT", "Record active", nomod | hidden),
        flag<flag_putf>("PUTF", "dbPutField process", nomod | hidden),
        flag<flag_rpro>("RPRO", "Reprocess", nomod | hidden),
        noaccess("ASP", "Access Security Pvt"),
        noaccess("PPN", "pprocessNotify"),
        noaccess("PPNR", "pprocessNotifyRecord"),
        noaccess("SPVT", "Scan Private"),
        noaccess("RSET", "Address of RSET"),
        noaccess("DSET", "DSET address"),
        noaccess("DPVT", "Device Private"),
        noaccess("RDES", "Address of dbRecordType"),
        noaccess("LSET", "Lock Set"),
        menu<&Record::prio>("PRIO", menu_priority, "Scheduling Priority"),
        flag<flag_tpro>("TPRO", "Trace Processing"),
        noaccess("BKPT", "Break Point"),
        flag<flag_udf>("UDF", "Undefined", pp).starts_as("1"),
        cold_menu("UDFS", menu_severity, "Undefined Alarm Sevrty").starts_as("INVALID"),
        noaccess("TIME", "Time"),
        cold("UTAG", Dbf::uint64, "Time Tag", nomod | hidden),
        link<&Record::flnk>("FLNK", Dbf::fwdlink, "Forward Process Link"),
        sized(computed("RTYP", Dbf::string, type_of, nullptr, "Record type", attribute | hidden), 40),
    };
}

} // namespace

std::vector<Field> common_table()
{
    std::vector<Field> table = scheduling();
    table[field_dtyp].type = Dbf::device;
    table[field_dtyp].menu = nullptr;
    std::ranges::move(state(), std::back_inserter(table));
    assert(table.size() == common_fields && table[field_flnk].name == "FLNK" && table[field_proc].name == "PROC");
    return table;
}

} // namespace iochron::db
