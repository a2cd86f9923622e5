package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import org.rackweave.hal.mctp.MctpPackets;
import org.rackweave.hal.mctp.Octets;

/** What a client would put on the wire, without a switch. */
public final class FmDryRun {
    private FmDryRun() {}

    /**
     * The bytes of a new connection, request by request: first the client's own question who the switch is, then these. What is asked
     * again until a background operation has ended is not among them: how often depends on the switch.
     *
     * @param requests none that goes through a tunnel: those differ by dialect, which only a switch can tell
     */
    public static List<Octets> bytesOf(List<FmRequest<?>> requests) {
        if (requests.stream().anyMatch(request -> request.opcode() == Opcode.TUNNEL)) {
            throw new IllegalArgumentException("what a tunnel carries depends on the dialect");
        }
        return bytesOf(Dialect.CXL3, requests);
    }

    /**
     * As {@link #bytesOf(List)}, for a logical device behind a port: the one request that carries this through both tunnels.
     *
     * @param dialect of the switch that would be sent it
     */
    public static List<Octets> bytesToLogicalDevice(
            Dialect dialect, int port, int logicalDevice, FmRequest<?> request) {
        FmRequest<?> inner = FmClient.tunnelled(dialect, logicalDevice, Tunnel.Target.DEVICE, request);
        return bytesOf(dialect, List.of(FmClient.tunnelled(dialect, port, Tunnel.Target.DEVICE, inner)));
    }

    private static List<Octets> bytesOf(Dialect dialect, List<FmRequest<?>> requests) {
        List<FmRequest<?>> all = new ArrayList<>();
        all.add(new Identify.Request());
        all.addAll(requests);
        MctpPackets packets = new MctpPackets();
        List<Octets> bytes = new ArrayList<>();
        for (FmRequest<?> request : all) {
            bytes.add(packets.packetsOf(MctpSession.carrier(dialect, bytes.size(), request)));
        }
        return bytes;
    }
}
