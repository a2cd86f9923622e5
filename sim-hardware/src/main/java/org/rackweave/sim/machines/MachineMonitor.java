package org.rackweave.sim.machines;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.rackweave.sim.lab.LabFailure;

/** QEMU's own interface to a machine that it runs (QMP): a line of JSON for each order and each answer, and for events between them. */
final class MachineMonitor {
    private static final String CAPABILITIES = "{\"execute\":\"qmp_capabilities\"}";

    private MachineMonitor() {}

    /** Gives one order and returns when it is carried out. */
    static void order(Path socket, String order) throws LabFailure {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                BufferedReader said = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            // It takes no order before its interface was agreed upon.
            for (String line : new String[] {CAPABILITIES, order}) {
                channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
                requireDone(line, said);
            }
        } catch (IOException failed) {
            throw new LabFailure("the monitor " + socket + " of a machine cannot be used: " + failed, failed);
        }
    }

    private static void requireDone(String order, BufferedReader said) throws IOException, LabFailure {
        String line = said.readLine();
        while (line != null && !line.startsWith("{\"return\"")) {
            if (line.startsWith("{\"error\"")) {
                throw new LabFailure("a machine's monitor was told " + order + " and answered " + line);
            }
            line = said.readLine();
        }
        if (line == null) {
            throw new LabFailure("a machine ended before its monitor answered " + order);
        }
    }
}
