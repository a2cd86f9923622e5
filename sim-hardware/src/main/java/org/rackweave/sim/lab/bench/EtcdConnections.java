package org.rackweave.sim.lab.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * gRPC connections over plain HTTP/2, all on one thread: the least that a client can cost, so that the machine is left to the
 * server that is measured. A connection has one call under way. Headers that come back are not looked into: a call that fails
 * brings no message, and that is told.
 */
final class EtcdConnections implements AutoCloseable {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FRAME_HEADER_BYTES = 9;
    private static final int MESSAGE_HEADER_BYTES = 5;

    /** Answers have some fifty bytes, and this is room for all of them that a run will see. */
    private static final int WINDOW_BYTES = Integer.MAX_VALUE - 65_535;

    private static final int BUFFER_BYTES = 1 << 16;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int WINDOW_UPDATE = 8;

    private static final int ACKNOWLEDGED = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Selector selector;
    private final Thread thread = new Thread(this::loop, "etcd-clients");

    private EtcdConnections(Selector selector) {
        this.selector = selector;
    }

    static EtcdConnections open() throws IOException {
        EtcdConnections connections = new EtcdConnections(Selector.open());
        connections.thread.setDaemon(true);
        connections.thread.start();
        return connections;
    }

    Connection connect(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Connection connection = new Connection(channel, "127.0.0.1:" + address.getPort());
        connection.begin();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, connection);
        selector.wakeup();
        return connection;
    }

    private void loop() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> {
                    if (key.attachment() instanceof Connection connection) {
                        connection.read();
                    }
                });
            }
        } catch (ClosedSelectorException | IOException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            // The process that was spoken to is ended next.
        }
    }

    /** One of them. */
    static final class Connection {
        private final SocketChannel channel;
        private final String authority;
        private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private int nextStream = 1;
        private @Nullable Consumer<byte[]> answered;

        private Connection(SocketChannel channel, String authority) {
            this.channel = channel;
            this.authority = authority;
        }

        private void begin() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(PREFACE);
            out.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
            out.writeBytes(frame(WINDOW_UPDATE, 0, 0, number(WINDOW_BYTES)));
            write(out.toByteArray());
        }

        /** @param then takes the message that comes back; empty when the call failed */
        void call(String path, byte[] request, Consumer<byte[]> then) {
            answered = then;
            int stream = nextStream;
            nextStream += 2;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(frame(HEADERS, END_HEADERS, stream, headers(path)));
            ByteBuffer body = ByteBuffer.allocate(MESSAGE_HEADER_BYTES + request.length);
            body.put((byte) 0).putInt(request.length).put(request);
            out.writeBytes(frame(DATA, END_STREAM, stream, body.array()));
            try {
                write(out.toByteArray());
            } catch (IOException e) {
                finish();
            }
        }

        /** Without the compression's table: indexed from the fixed one where it has the name, literal otherwise. */
        private byte[] headers(String path) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(0x83); // :method POST
            out.write(0x86); // :scheme http
            out.write(0x04); // :path
            text(out, path);
            out.write(0x01); // :authority
            text(out, authority);
            out.write(0x0F); // content-type, which is 31st
            out.write(0x10);
            text(out, "application/grpc");
            out.write(0x00);
            text(out, "te");
            text(out, "trailers");
            return out.toByteArray();
        }

        private static void text(ByteArrayOutputStream out, String text) {
            out.write(text.length());
            out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }

        private static byte[] number(int value) {
            return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
        }

        private static byte[] frame(int type, int flags, int stream, byte[] payload) {
            ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + payload.length);
            frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
            return frame.put((byte) type)
                    .put((byte) flags)
                    .putInt(stream)
                    .put(payload)
                    .array();
        }

        private void write(byte[] bytes) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(bytes);
            while (out.hasRemaining()) {
                // A few hundred bytes into an empty socket: this does not wait.
                channel.write(out);
            }
        }

        private void read() {
            try {
                if (channel.read(in) < 0) {
                    throw new IOException("etcd has closed a connection");
                }
                in.flip();
                while (in.remaining() >= FRAME_HEADER_BYTES && in.remaining() >= FRAME_HEADER_BYTES + length()) {
                    take();
                }
                in.compact();
            } catch (IOException e) {
                close();
                finish();
            }
        }

        private int length() {
            int at = in.position();
            return (in.get(at) & 0xFF) << 16 | (in.get(at + 1) & 0xFF) << 8 | (in.get(at + 2) & 0xFF);
        }

        private void take() throws IOException {
            byte[] payload = new byte[length()];
            int type = in.get(in.position() + 3);
            int flags = in.get(in.position() + 4);
            in.position(in.position() + FRAME_HEADER_BYTES);
            in.get(payload);
            switch (type) {
                case DATA -> message.writeBytes(payload);
                case SETTINGS -> {
                    if ((flags & ACKNOWLEDGED) == 0) {
                        write(frame(SETTINGS, ACKNOWLEDGED, 0, new byte[0]));
                    }
                }
                case PING -> {
                    if ((flags & ACKNOWLEDGED) == 0) {
                        write(frame(PING, ACKNOWLEDGED, 0, payload));
                    }
                }
                case RESET_STREAM, GO_AWAY -> throw new IOException("etcd has ended a call");
                default -> {
                    // Headers, whose content is not needed, and windows, which this client cannot fill.
                }
            }
            if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                finish();
            }
        }

        private void finish() {
            byte[] all = message.toByteArray();
            message.reset();
            Consumer<byte[]> then = answered;
            answered = null;
            if (then != null) {
                then.accept(
                        all.length < MESSAGE_HEADER_BYTES
                                ? new byte[0]
                                : java.util.Arrays.copyOfRange(all, MESSAGE_HEADER_BYTES, all.length));
            }
        }

        private void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // It is broken already.
            }
        }
    }
}
