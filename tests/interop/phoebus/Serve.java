// A server of Phoebus' core-pva with a PV of each kind that its library has; COUNT changes 20 times a second, PUT takes
// what is written. Ends with its input.
import java.time.Instant;
import org.epics.pva.data.*;
import org.epics.pva.data.nt.*;
import org.epics.pva.server.*;

public class Serve {
    static PVATimeStamp time() {
        return new PVATimeStamp(Instant.ofEpochSecond(1700000000L, 5));
    }

    static PVAAlarm alarm() {
        return new PVAAlarm(PVAAlarm.AlarmSeverity.MINOR, PVAAlarm.AlarmStatus.DEVICE, "so so");
    }

    static void scalar(PVAServer server, String name, PVAData value) throws Exception {
        server.createPV(name, new PVAStructure(name, "epics:nt/NTScalar:1.0", value, alarm(), time()));
    }

    static void array(PVAServer server, String name, PVAData value) throws Exception {
        server.createPV(name, new PVAStructure(name, "epics:nt/NTScalarArray:1.0", value, alarm(), time()));
    }

    public static void main(String[] arguments) throws Exception {
        try (PVAServer server = new PVAServer()) {
            scalar(server, "BOOL", new PVABool("value", true));
            scalar(server, "BYTE", new PVAByte("value", false, (byte) -128));
            scalar(server, "UBYTE", new PVAByte("value", true, (byte) 255));
            scalar(server, "SHORT", new PVAShort("value", false, (short) -32768));
            scalar(server, "INT", new PVAInt("value", false, -2147483648));
            scalar(server, "LONG", new PVALong("value", false, Long.MIN_VALUE));
            scalar(server, "FLOAT", new PVAFloat("value", 1.5f));
            scalar(server, "DOUBLE", new PVADouble("value", 0.1));
            scalar(server, "STRING", new PVAString("value", "text"));
            array(server, "BYTES", new PVAByteArray("value", false, (byte) 1, (byte) -2));
            array(server, "SHORTS", new PVAShortArray("value", false, (short) 1, (short) -2));
            array(server, "INTS", new PVAIntArray("value", false, 1, -2, 3));
            array(server, "LONGS", new PVALongArray("value", false, 1L, Long.MAX_VALUE));
            array(server, "FLOATS", new PVAFloatArray("value", 1.5f, -2.5f));
            array(server, "DOUBLES", new PVADoubleArray("value", 0.1, -1e300));
            array(server, "STRINGS", new PVAStringArray("value", "one", "", "three"));
            server.createPV("ENUM", new PVAStructure("ENUM", "epics:nt/NTEnum:1.0",
                new PVAEnum("value", 1, new String[] {"Off", "On"}), alarm(), time()));
            server.createPV("UNION", new PVAStructure("UNION", "epics:nt/NTUnion:1.0",
                new PVAUnion("value", "", 1, new PVADouble("number"), new PVAIntArray("array", false, 7, 8)), time()));
            server.createPV("PUT", new PVAStructure("PUT", "epics:nt/NTScalar:1.0", new PVADouble("value", 1), time()),
                (pv, changes, data) -> pv.update(data));
            PVAInt number = new PVAInt("value", false, 0);
            PVAStructure counting = new PVAStructure("COUNT", "epics:nt/NTScalar:1.0", number, alarm(), time());
            ServerPV count = server.createPV("COUNT", counting);
            Thread counter = new Thread(() -> {
                try {
                    for (int n = 1;; ++n) {
                        Thread.sleep(50);
                        number.set(n);
                        count.update(counting);
                    }
                } catch (Exception ended) {
                }
            });
            counter.setDaemon(true);
            counter.start();
            System.out.println("ready");
            while (System.in.read() >= 0) {
            }
        }
    }
}
