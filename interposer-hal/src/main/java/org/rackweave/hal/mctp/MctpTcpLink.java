package org.rackweave.hal.mctp;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One TCP connection that carries MCTP packets. Connecting, sending and receiving all end by a deadline, also when the peer takes
 * nothing from its socket. A receive that ran out of time may be tried again and loses nothing; after a send that did, the stream
 * is broken and the link is to be closed. For one thread, but {@link #abandon}.
 */
public final class MctpTcpLink implements MctpLink {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final MctpPackets packets = new MctpPackets();
    private final MctpAssembler assembler = new MctpAssembler();
    private final ByteBuffer incoming = ByteBuffer.allocate(MctpLimits.PACKET_BYTES);

    private MctpTcpLink(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        this.selector = selector;
        channel.configureBlocking(false);
        // A known peer takes what one recv gives it for a whole packet: packets leave as they are written.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.key = channel.register(selector, 0);
    }

    /** Connects to a peer. */
    public static MctpTcpLink connect(InetSocketAddress peer, Deadline deadline) throws IOException {
        if (peer.isUnresolved()) {
            throw new UnknownHostException(peer.getHostString() + " has no address");
        }
        MctpTcpLink link = over(SocketChannel.open());
        try {
            boolean done = link.channel.connect(peer);
            while (!done) {
                link.await(SelectionKey.OP_CONNECT, deadline, "connecting to " + peer);
                done = link.channel.finishConnect();
            }
            return link;
        } catch (IOException failed) {
            link.close();
            throw failed;
        }
    }

    /** Takes over a connection that a peer opened. */
    public static MctpTcpLink over(SocketChannel accepted) throws IOException {
        Selector selector = Selector.open();
        try {
            return new MctpTcpLink(accepted, selector);
        } catch (IOException failed) {
            selector.close();
            accepted.close();
            throw failed;
        }
    }

    @Override
    public Tags tags() {
        return Tags.OURS;
    }

    @Override
    public void send(MctpMessage message, Deadline deadline) throws IOException {
        ByteBuffer outgoing = ByteBuffer.wrap(packets.packetsOf(message).toArray());
        channel.write(outgoing);
        while (outgoing.hasRemaining()) {
            await(SelectionKey.OP_WRITE, deadline, "sending");
            channel.write(outgoing);
        }
    }

    @Override
    public MctpMessage receive(Deadline deadline) throws IOException {
        while (true) {
            Assembly assembly = assembler.feed(packet(deadline));
            switch (assembly.kind()) {
                case COMPLETE -> {
                    return ((Assembly.Complete) assembly).message();
                }
                case REFUSED -> {
                    Assembly.Refused refused = (Assembly.Refused) assembly;
                    throw new BadPacketException(refused.fault(), refused.detail());
                }
                case PARTIAL -> {
                    // The next packet follows.
                }
            }
        }
    }

    private Octets packet(Deadline deadline) throws IOException {
        while (true) {
            int count = channel.read(incoming);
            if (count < 0) {
                throw new EOFException("the peer closed the connection");
            }
            if (!incoming.hasRemaining()) {
                Octets packet = Octets.copyOf(incoming.array());
                incoming.clear();
                return packet;
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadline, "waiting for an answer");
            }
        }
    }

    private void await(int operation, Deadline deadline, String doing) throws IOException {
        long left = deadline.leftMillis();
        if (left == 0) {
            throw new SocketTimeoutException("out of time " + doing);
        }
        try {
            key.interestOps(operation);
            selector.select(left);
            selector.selectedKeys().clear();
        } catch (CancelledKeyException | ClosedSelectorException abandoned) {
            ClosedChannelException closed = new ClosedChannelException();
            closed.initCause(abandoned);
            throw closed;
        }
    }

    /** Ends the connection under whoever is waiting on it; any thread may. The owner still closes it. */
    public void abandon() throws IOException {
        channel.close();
        selector.wakeup();
    }

    @Override
    public void close() throws IOException {
        try (selector) {
            channel.close();
        }
    }
}
