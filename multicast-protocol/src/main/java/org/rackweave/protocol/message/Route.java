package org.rackweave.protocol.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where each command goes: its method and path under {@code /rw/v1}. One segment of a path may be a name, in braces here.
 *
 * <p>A route never changes its meaning; a new meaning is a new route, or a new version in the path.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list is a copy that nobody can change
public enum Route {
    DESCRIBE(Command.Kind.DESCRIBE, Method.GET, "node"),
    LIST_SLICES(Command.Kind.LIST_SLICES, Method.GET, "slices"),
    RESERVE(Command.Kind.RESERVE, Method.POST, "leases"),
    COMMIT(Command.Kind.COMMIT, Method.POST, "leases/{lease}/commit"),
    RENEW(Command.Kind.RENEW, Method.POST, "leases/{lease}/renew"),
    RELEASE(Command.Kind.RELEASE, Method.POST, "leases/{lease}/release"),
    RECALL(Command.Kind.RECALL, Method.POST, "leases/{lease}/recall"),
    LIST_NODES(Command.Kind.LIST_NODES, Method.GET, "nodes"),
    LIST_LEASES(Command.Kind.LIST_LEASES, Method.GET, "leases"),
    READ_LEASE(Command.Kind.READ_LEASE, Method.GET, "leases/{lease}"),
    BORROW(Command.Kind.BORROW, Method.POST, "loans"),
    LIST_LOANS(Command.Kind.LIST_LOANS, Method.GET, "loans"),
    READ_LOAN(Command.Kind.READ_LOAN, Method.GET, "loans/{loan}"),
    RENEW_LOAN(Command.Kind.RENEW_LOAN, Method.POST, "loans/{loan}/renew"),
    RELEASE_LOAN(Command.Kind.RELEASE_LOAN, Method.POST, "loans/{loan}/release"),
    REVOKE(Command.Kind.REVOKE, Method.POST, "leases/{lease}/revoke"),
    END_QUARANTINE(Command.Kind.END_QUARANTINE, Method.POST, "slices/{key}/end-quarantine"),
    READ_EVENTS(Command.Kind.READ_EVENTS, Method.GET, "events"),
    READ_AUDIT(Command.Kind.READ_AUDIT, Method.GET, "audit"),
    READ_COUNTERS(Command.Kind.READ_COUNTERS, Method.GET, "counters"),
    WANT(Command.Kind.WANT, Method.POST, "wants"),
    WITHDRAW_WANT(Command.Kind.WITHDRAW_WANT, Method.POST, "wants/{loan}/withdraw"),
    FREED(Command.Kind.FREED, Method.POST, "loans/{loan}/freed"),
    LIST_WANTS(Command.Kind.LIST_WANTS, Method.GET, "wants"),
    RESIZE_LOAN(Command.Kind.RESIZE_LOAN, Method.POST, "loans/{loan}/resize"),
    REPORT_HOST(Command.Kind.REPORT_HOST, Method.POST, "host/report"),
    READ_HOST(Command.Kind.READ_HOST, Method.GET, "host"),
    ASK_FOR_VM(Command.Kind.ASK_FOR_VM, Method.POST, "host/asks"),
    LIST_ASKS(Command.Kind.LIST_ASKS, Method.GET, "host/asks"),
    READ_ASK(Command.Kind.READ_ASK, Method.GET, "host/asks/{ask}"),
    RETURN_ASK(Command.Kind.RETURN_ASK, Method.POST, "host/asks/{ask}/return"),
    READ_ORDERS(Command.Kind.READ_ORDERS, Method.GET, "host/orders"),
    ORDER_DONE(Command.Kind.ORDER_DONE, Method.POST, "host/orders/{number}/done"),
    PROPOSE(Command.Kind.PROPOSE, Method.POST, "leases/{lease}/propose"),
    READ_DEMAND(Command.Kind.READ_DEMAND, Method.GET, "demand"),
    INSTALL_REVOCATIONS(Command.Kind.INSTALL_REVOCATIONS, Method.POST, "revocations"),
    READ_REVOCATIONS(Command.Kind.READ_REVOCATIONS, Method.GET, "revocations"),
    READ_GROUP_KEY(Command.Kind.READ_GROUP_KEY, Method.GET, "group/key"),
    READ_GROUP(Command.Kind.READ_GROUP, Method.GET, "group"),
    ROTATE_GROUP_KEY(Command.Kind.ROTATE_GROUP_KEY, Method.POST, "group/rotate");

    /** The first segment of every path, so that the port can be shared. */
    public static final String ROOT = "rw";

    /** The second segment: the version of what follows. */
    public static final String VERSION = "v1";

    /** Root, version, and the four of the longest route. */
    public static final int MAX_SEGMENTS = 6;

    private static final Map<Route, List<String>> TEMPLATES = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(
                    Function.identity(),
                    route -> List.of(route.path.substring(1).split("/", -1))));
    private static final Set<Route> OBSERVABLE = EnumSet.of(READ_LEASE, READ_LOAN, READ_EVENTS, READ_ASK, READ_ORDERS);
    private static final Set<Route> CREATING = EnumSet.of(RESERVE, BORROW, WANT, ASK_FOR_VM);

    private final Command.Kind kind;
    private final Method method;
    private final String path;

    Route(Command.Kind kind, Method method, String template) {
        this.kind = kind;
        this.method = method;
        this.path = "/" + ROOT + "/" + VERSION + "/" + template;
    }

    /** What a request does. */
    public enum Method {
        /** Reads; has no body. */
        GET,
        /** Does something; parameters are in the body. */
        POST
    }

    /** Where a request leads. */
    public sealed interface Destination {}

    /** @param name the segment in braces, empty for a route without one */
    public record Found(Route route, String name) implements Destination {}

    /** No route has this path. */
    public record UnknownPath() implements Destination {}

    /** @param allowed what the path can be asked for */
    public record WrongMethod(Set<Method> allowed) implements Destination {
        public WrongMethod {
            allowed = Set.copyOf(allowed);
        }
    }

    public Command.Kind kind() {
        return kind;
    }

    public Method method() {
        return method;
    }

    /** Whether changes of its answer can be asked to be told. */
    public boolean isObservable() {
        return OBSERVABLE.contains(this);
    }

    /** Whether its success makes something new. */
    public boolean creates() {
        return CREATING.contains(this);
    }

    /** The path as people write it, with the name in braces. */
    public String path() {
        return path;
    }

    static Route of(Command.Kind kind) {
        for (Route route : values()) {
            if (route.kind == kind) {
                return route;
            }
        }
        throw new IllegalStateException("no route for " + kind);
    }

    /** Finds the route of a request; {@code method} is empty for one that no route has. */
    public static Destination find(Optional<Method> method, List<String> path) {
        EnumSet<Method> allowed = EnumSet.noneOf(Method.class);
        for (Route route : values()) {
            Optional<String> name = route.match(path);
            if (name.isPresent() && method.equals(Optional.of(route.method))) {
                return new Found(route, name.get());
            }
            name.ifPresent(any -> allowed.add(route.method));
        }
        return allowed.isEmpty() ? new UnknownPath() : new WrongMethod(allowed);
    }

    private List<String> template() {
        return Optional.ofNullable(TEMPLATES.get(this)).orElseThrow();
    }

    private Optional<String> match(List<String> path) {
        List<String> template = template();
        if (path.size() != template.size()) {
            return Optional.empty();
        }
        String name = "";
        for (int i = 0; i < path.size(); i++) {
            if (isName(template.get(i))) {
                name = path.get(i);
            } else if (!template.get(i).equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(name);
    }

    List<String> segments(String name) {
        List<String> segments = new ArrayList<>(template());
        segments.replaceAll(segment -> isName(segment) ? name : segment);
        return List.copyOf(segments);
    }

    private static boolean isName(String segment) {
        return segment.startsWith("{");
    }
}
