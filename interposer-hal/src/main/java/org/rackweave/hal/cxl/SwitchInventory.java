package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * All that a switch says of itself, read command by command: another manager may have changed something between two of them.
 *
 * @param ports those that it has, ascending
 * @param virtualSwitches those that are active, ascending, each with all its vPPBs
 */
public record SwitchInventory(
        FmClient.Greeting greeting,
        IdentifySwitch.Response identity,
        List<PortState.Port> ports,
        List<VcsInfo.VirtualSwitch> virtualSwitches) {
    /** How many ports are asked about at once: an answer of 1,040 bytes. */
    private static final int PORTS_AT_ONCE = 64;

    /** A known peer loses the last byte of an answer whose message has a multiple of 64 bytes: those about 3, 7, 11 … ports. */
    private static final int LOSSY_REMAINDER = 3;

    public SwitchInventory {
        Objects.requireNonNull(greeting);
        Objects.requireNonNull(identity);
        ports = List.copyOf(ports);
        virtualSwitches = List.copyOf(virtualSwitches);
    }

    /** Reads it; the first question that is not answered is the outcome. */
    public static Outcome<SwitchInventory> read(FmClient client) {
        Outcome<FmClient.Greeting> greeted = client.greet();
        if (!(greeted instanceof Outcome.Answered<FmClient.Greeting> greeting)) {
            return greeted.unanswered();
        }
        Outcome<IdentifySwitch.Response> identified = client.call(new IdentifySwitch.Request());
        if (!(identified instanceof Outcome.Answered<IdentifySwitch.Response> identity)) {
            return identified.unanswered();
        }
        List<PortState.Port> ports = new ArrayList<>();
        for (List<Integer> ids : groups(ids(identity.response().activePorts()))) {
            Outcome<PortState.Response> states = client.call(new PortState.Request(ids));
            if (!(states instanceof Outcome.Answered<PortState.Response> answered)) {
                return states.unanswered();
            }
            ports.addAll(answered.response().ports());
        }
        Outcome<List<VcsInfo.VirtualSwitch>> asked =
                readVirtualSwitches(client, identity.response().activeVirtualSwitches());
        if (!(asked instanceof Outcome.Answered<List<VcsInfo.VirtualSwitch>> virtualSwitches)) {
            return asked.unanswered();
        }
        return new Outcome.Answered<>(
                new SwitchInventory(greeting.response(), identity.response(), ports, virtualSwitches.response()));
    }

    /** What these virtual switches are bound to; the first question that is not answered is the outcome. */
    public static Outcome<List<VcsInfo.VirtualSwitch>> readVirtualSwitches(FmClient client, IdBits active) {
        List<VcsInfo.VirtualSwitch> read = new ArrayList<>();
        // One by one: a known peer leaves a virtual switch that it does not have out of an answer about several.
        for (int id : active.ids()) {
            Outcome<VcsInfo.Response> asked = client.call(VcsInfo.Request.allOf(id));
            if (!(asked instanceof Outcome.Answered<VcsInfo.Response> answered)) {
                return asked.unanswered();
            }
            read.addAll(answered.response().virtualSwitches());
        }
        return new Outcome.Answered<>(read);
    }

    /** What kind of device several hosts can have parts of. */
    public enum DeviceKind {
        /** Its logical devices have fixed memory. */
        POOLED("mld"),
        /** It has several heads, some perhaps at other switches. */
        MULTI_HEADED("mhd"),
        /** It gives its memory out in pieces. */
        DYNAMIC("dcd");

        private final String word;

        DeviceKind(String word) {
            this.word = word;
        }
    }

    /**
     * A pooled device.
     *
     * @param serial all 64 bits count; 0: it says none
     * @param heads 1, or what it says
     */
    public record Device(int port, DeviceKind kind, long serial, int heads) {
        /** Such as {@code dcd-00000000524b1234}; by its port where it says no serial number. Every head of a device has the same. */
        public String name() {
            return kind.word + "-"
                    + (serial == 0 ? "port" + port : HexFormat.of().toHexDigits(serial));
        }
    }

    /**
     * Asks every device that is not for one host what it is. A device that does not know the questions is {@link DeviceKind#POOLED}. In the
     * dialect {@code jrl} they are not asked: its known peer answers what it does not know with anything.
     */
    public List<Device> readDevices(FmClient client) {
        return ports.stream()
                .filter(port -> port.device() == PortState.Device.TYPE_3_MLD)
                .map(port -> device(client, port.id()))
                .toList();
    }

    private Device device(FmClient client, int port) {
        Outcome<Identify.Response> identified = client.callThrough(port, new Identify.Request());
        long serial = identified instanceof Outcome.Answered<Identify.Response> answered
                ? answered.response().serial()
                : 0;
        if (greeting.dialect() == Dialect.JRL) {
            return new Device(port, DeviceKind.POOLED, serial, 1);
        }
        Outcome<MultiHeadedInfo.Response> headed = client.pool(port).call(new MultiHeadedInfo.Request(0, 1));
        if (headed instanceof Outcome.Answered<MultiHeadedInfo.Response> answered) {
            return new Device(
                    port, DeviceKind.MULTI_HEADED, serial, answered.response().heads());
        }
        boolean isDynamic = client.callThrough(port, new DcdInfo.Request()).kind() == Outcome.Kind.ANSWERED;
        return new Device(port, isDynamic ? DeviceKind.DYNAMIC : DeviceKind.POOLED, serial, 1);
    }

    private static List<Integer> ids(IdBits bits) {
        return Arrays.stream(bits.ids()).boxed().toList();
    }

    static List<List<Integer>> groups(List<Integer> ids) {
        List<List<Integer>> groups = new ArrayList<>();
        int at = 0;
        while (at < ids.size()) {
            int size = Math.min(PORTS_AT_ONCE, ids.size() - at);
            size -= size % 4 == LOSSY_REMAINDER ? 1 : 0;
            groups.add(ids.subList(at, at + size));
            at += size;
        }
        return groups;
    }
}
