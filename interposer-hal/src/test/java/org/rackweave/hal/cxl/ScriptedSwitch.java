package org.rackweave.hal.cxl;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import org.rackweave.hal.mctp.Assembly;
import org.rackweave.hal.mctp.MctpAssembler;
import org.rackweave.hal.mctp.MctpLimits;
import org.rackweave.hal.mctp.MctpMessage;
import org.rackweave.hal.mctp.MctpPackets;
import org.rackweave.hal.mctp.Octets;

/** A peer whose every byte a test decides. It serves one connection after the other. */
final class ScriptedSwitch implements AutoCloseable {
    /** What is written after a request, and whether the connection ends then. */
    record Reply(byte[] bytes, boolean isLast) {
        static Reply of(byte[] bytes) {
            return new Reply(bytes, false);
        }

        static Reply silence() {
            return of(new byte[0]);
        }
    }

    /** Decides. */
    interface Script {
        Reply reply(FmRequest<?> request, MctpMessage carrier, byte[] usual);
    }

    private final ServerSocket server;
    private final Dialect dialect;
    private final FmHandler usual;
    private final Script script;
    private final Thread thread;

    ScriptedSwitch(Dialect dialect, FmHandler usual, Script script) throws IOException {
        this.server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        this.dialect = dialect;
        this.usual = usual;
        this.script = script;
        this.thread = new Thread(this::serve, "scripted switch");
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.setTcpNoDelay(true);
                converse(socket);
            } catch (IOException gone) {
                // The client left, or the test is over.
            }
        }
    }

    private void converse(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        MctpAssembler assembler = new MctpAssembler();
        boolean goesOn = true;
        while (goesOn) {
            byte[] packet = new byte[MctpLimits.PACKET_BYTES];
            in.readFully(packet);
            if (assembler.feed(Octets.adopt(packet)) instanceof Assembly.Complete complete) {
                Reply reply =
                        script.reply(requestIn(complete.message()), complete.message(), usual(complete.message()));
                out.write(reply.bytes());
                goesOn = !reply.isLast();
            }
        }
    }

    private FmRequest<?> requestIn(MctpMessage carrier) {
        CciMessage message = CapturedConversationTest.accepted(
                CciCodec.decodePadded(dialect, carrier.body(), 1, MctpLimits.BODY_BYTES));
        return CapturedConversationTest.accepted(FmCodec.readRequest(dialect, message));
    }

    private byte[] usual(MctpMessage carrier) {
        Optional<MctpMessage> answer = new FmResponder(dialect, 9).answer(carrier, usual);
        return answer.map(message -> new MctpPackets().packetsOf(message).toArray())
                .orElse(new byte[0]);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
        thread.join();
    }
}
