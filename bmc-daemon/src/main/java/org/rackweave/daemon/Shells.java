package org.rackweave.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.conductor.Outside;
import org.rackweave.daemon.hardware.HardwareWorker;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.coap.Peer;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.coap.UnicastServer;
import org.rackweave.protocol.membership.MembershipEffect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Keyring;
import org.rackweave.protocol.multicast.Neighbourhood;

/** The real outside: one interposer's worker, CoAP over DTLS, UDP multicast. */
record Shells(HardwareWorker worker, UnicastServer server, UnicastClient client, Neighbourhood neighbourhood)
        implements Outside {
    @Override
    public void drive(Effect.Drive order) {
        worker.submit(order);
    }

    @Override
    public void ask(NodeId node, Endpoint endpoint, Command command, long timeoutMillis, Consumer<Answer> answered) {
        client.send(new Peer(endpoint.socketAddress(), Optional.of(node)), command, Duration.ofMillis(timeoutMillis))
                .thenAccept(answered);
    }

    @Override
    public void multicast(MembershipEffect datagram) {
        if (datagram instanceof MembershipEffect.SendHello hello) {
            neighbourhood.hello(hello.purpose(), hello.seal());
        } else if (datagram instanceof MembershipEffect.SendAnnounce announce) {
            neighbourhood.announce(announce.version(), announce.periodMillis(), announce.offering());
        } else if (datagram instanceof MembershipEffect.SendLeave leave) {
            neighbourhood.leave(leave.reason());
        }
    }

    @Override
    public void shutOut(NodeId member) {
        neighbourhood.ban(member);
        server.drop(member);
        client.drop(member);
    }

    @Override
    public void use(Keyring keyring) {
        neighbourhood.use(keyring);
    }

    @Override
    public void changed(Command reading) {
        if (reading instanceof Command.ReadLease read) {
            server.leaseChanged(read.lease());
        } else if (reading instanceof Command.ReadLoan read) {
            server.loanChanged(read.loan());
        } else if (reading instanceof Command.ReadAsk read) {
            server.askChanged(read.ask());
        } else if (reading instanceof Command.ReadOrders) {
            server.ordersChanged();
        } else {
            server.eventsChanged();
        }
    }
}
