package org.rackweave.sim.lab.adversary;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Optional;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.LabFailure;

/** A socket in the group of a rehearsal rack, on the loopback interface: hears what members hear, and may send. */
public final class Eavesdropper implements AutoCloseable {
    private static final byte[] GROUP = {(byte) 239, 82, 87, 1};
    private static final int MAX_DATAGRAM_BYTES = 2_048;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final DatagramChannel channel;
    private final InetSocketAddress group;

    private Eavesdropper(DatagramChannel channel, InetSocketAddress group) {
        this.channel = channel;
        this.group = group;
    }

    public static Eavesdropper open(int port) throws LabFailure {
        try {
            NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
            InetAddress address = InetAddress.getByAddress(GROUP);
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)
                    .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                    .setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
            channel.bind(new InetSocketAddress(address, port)).configureBlocking(false);
            channel.join(address, loopback);
            return new Eavesdropper(channel, new InetSocketAddress(address, port));
        } catch (IOException failed) {
            throw new LabFailure("cannot join the rack's group: " + failed.getMessage(), failed);
        }
    }

    /** The next datagram that some member sends. */
    public byte[] capture() throws LabFailure {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM_BYTES);
        return Await.until("a datagram of the rack", PATIENCE, () -> received(buffer));
    }

    private Optional<byte[]> received(ByteBuffer buffer) throws LabFailure {
        try {
            if (channel.receive(buffer.clear()) == null) {
                return Optional.empty();
            }
        } catch (IOException failed) {
            throw new LabFailure("cannot read from the rack's group: " + failed.getMessage(), failed);
        }
        buffer.flip();
        byte[] datagram = new byte[buffer.remaining()];
        buffer.get(datagram);
        return Optional.of(datagram);
    }

    public void send(byte[] datagram) throws LabFailure {
        try {
            channel.send(ByteBuffer.wrap(datagram), group);
        } catch (IOException failed) {
            throw new LabFailure("cannot send to the rack's group: " + failed.getMessage(), failed);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // The process ends next.
        }
    }
}
