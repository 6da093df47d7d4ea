#include "pv/normative.h"

namespace iochron::pv {

TypeRef nt_multi_channel(const TypeRef& element)
{
    const TypeRef integers = array(ScalarType::int32);
    return structure("epics:nt/NTMultiChannel:1.0", {{"value", element ? choice_array(element) : any_array()},
                                                     {"channelName", array(ScalarType::string)},
                                                     {"descriptor", scalar(ScalarType::string)},
                                                     {"alarm", alarm_type()},
                                                     {"timeStamp", time_type()},
                                                     {"severity", integers},
                                                     {"status", integers},
                                                     {"message", array(ScalarType::string)},
                                                     {"secondsPastEpoch", array(ScalarType::int64)},
                                                     {"nanoseconds", integers},
                                                     {"userTag", integers}});
}

TypeRef nt_histogram(ScalarType count)
{
    return structure("epics:nt/NTHistogram:1.0", {{"ranges", array(ScalarType::float64)},
                                                  {"value", array(count)},
                                                  {"descriptor", scalar(ScalarType::string)},
                                                  {"alarm", alarm_type()},
                                                  {"timeStamp", time_type()}});
}

const TypeRef& nt_aggregate()
{
    const TypeRef& number = scalar(ScalarType::float64);
    static const TypeRef type = structure("epics:nt/NTAggregate:1.0", {{"value", number},
                                                                       {"N", scalar(ScalarType::int64)},
                                                                       {"dispersion", number},
                                                                       {"first", number},
                                                                       {"firstTimeStamp", time_type()},
                                                                       {"last", number},
                                                                       {"lastTimeStamp", time_type()},
                                                                       {"max", number},
                                                                       {"min", number},
                                                                       {"descriptor", scalar(ScalarType::string)},
                                                                       {"alarm", alarm_type()},
                                                                       {"timeStamp", time_type()}});
    return type;
}

} // namespace iochron::pv
