package org.rackweave.protocol.multicast;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Optional;

/** One interface's socket, joined to its group. Made for one index of the interface: a new index needs a new link. */
final class Link implements AutoCloseable {
    private final Place place;
    private final DatagramChannel channel;

    /** Where an interface multicasts as it is now. */
    private record Place(NetworkInterface nic, ProtocolFamily family, InetSocketAddress group) {
        static Place find(String name, MulticastSettings settings) throws IOException {
            NetworkInterface nic = NetworkInterface.getByName(name);
            if (nic == null) {
                throw new SocketException("there is no such interface");
            }
            if (!nic.isUp()) {
                throw new SocketException("it is down");
            }
            // Linux does not flag its loopback as capable of multicast, and yet IPv4 groups work on it.
            if (!nic.supportsMulticast() && !nic.isLoopback()) {
                throw new SocketException("it does not multicast");
            }
            if (nic.inetAddresses().anyMatch(each -> each instanceof Inet6Address && each.isLinkLocalAddress())) {
                // Java needs the scope in the address itself: without it, Linux refuses the join.
                InetAddress group =
                        Inet6Address.getByAddress(null, settings.group6().getAddress(), nic);
                return new Place(nic, StandardProtocolFamily.INET6, new InetSocketAddress(group, settings.port()));
            }
            if (nic.inetAddresses().anyMatch(Inet4Address.class::isInstance)) {
                InetSocketAddress group = new InetSocketAddress(settings.group4(), settings.port());
                return new Place(nic, StandardProtocolFamily.INET, group);
            }
            throw new SocketException("it has neither an IPv6 link-local nor an IPv4 address");
        }

        boolean isSameAs(Place other) {
            return nic.getIndex() == other.nic.getIndex() && group.equals(other.group);
        }
    }

    private Link(Place place, DatagramChannel channel) {
        this.place = place;
        this.channel = channel;
    }

    /** Opens a socket on the interface that has this name now; the message of the exception says why it cannot be. */
    static Link open(String name, MulticastSettings settings) throws IOException {
        Place place = Place.find(name, settings);
        DatagramChannel channel = DatagramChannel.open(place.family());
        try {
            configure(channel, place);
            return new Link(place, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void configure(DatagramChannel channel, Place place) throws IOException {
        channel.configureBlocking(false);
        // Several daemons of one machine share the port: each gets its copy of what is multicast.
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, ProtocolLimits.RECEIVE_BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, place.nic());
        channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);
        // To the group and not to the wildcard: what is sent to other groups and by unicast does not come here.
        channel.bind(place.group());
        channel.join(place.group().getAddress(), place.nic());
    }

    SelectionKey register(Selector selector) throws IOException {
        return channel.register(selector, SelectionKey.OP_READ, this);
    }

    /**
     * Whether the socket stands where a new one would stand: the name may have a new index, or the interface may have
     * got its IPv6 address only after the start, and neighbours that already talk by it would not hear this node.
     */
    boolean isCurrent(MulticastSettings settings) {
        try {
            return channel.isOpen()
                    && Place.find(place.nic().getName(), settings).isSameAs(place);
        } catch (IOException e) {
            // It went away, perhaps while it was looked at.
            return false;
        }
    }

    /** Hands the datagram to the kernel; false when its buffer is full. Never waits. */
    boolean send(byte[] datagram) throws IOException {
        return channel.send(ByteBuffer.wrap(datagram), place.group()) == datagram.length;
    }

    /** Reads one datagram into the cleared buffer and says where it came from; empty when there is none. */
    Optional<InetAddress> receive(ByteBuffer buffer) throws IOException {
        buffer.clear();
        SocketAddress source = channel.receive(buffer);
        return source instanceof InetSocketAddress address
                ? Optional.of(named(address.getAddress()))
                : Optional.empty();
    }

    /** The kernel gives the scope of a link-local address as an index, which may change; its name does not. */
    private InetAddress named(InetAddress source) throws IOException {
        return source instanceof Inet6Address && source.isLinkLocalAddress()
                ? Inet6Address.getByAddress(null, source.getAddress(), place.nic())
                : source;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
