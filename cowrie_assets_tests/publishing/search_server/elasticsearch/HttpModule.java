package tests;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.elasticsearch.Build;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.cluster.node.DiscoveryNode;
import org.elasticsearch.common.bytes.BytesArray;
import org.elasticsearch.common.bytes.BytesReference;
import org.elasticsearch.common.component.AbstractLifecycleComponent;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.network.NetworkService;
import org.elasticsearch.common.settings.ClusterSettings;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.transport.BoundTransportAddress;
import org.elasticsearch.common.transport.TransportAddress;
import org.elasticsearch.common.util.BigArrays;
import org.elasticsearch.common.util.PageCacheRecycler;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.http.HttpBody;
import org.elasticsearch.http.HttpChannel;
import org.elasticsearch.http.HttpInfo;
import org.elasticsearch.http.HttpPreRequest;
import org.elasticsearch.http.HttpRequest;
import org.elasticsearch.http.HttpResponse;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.http.HttpStats;
import org.elasticsearch.indices.breaker.CircuitBreakerService;
import org.elasticsearch.plugins.NetworkPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.AbstractRestChannel;
import org.elasticsearch.rest.ChunkedRestResponseBodyPart;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.telemetry.TelemetryProvider;
import org.elasticsearch.telemetry.tracing.Tracer;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.BytesRefRecycler;
import org.elasticsearch.transport.ConnectionProfile;
import org.elasticsearch.transport.Transport;
import org.elasticsearch.transport.TransportMessageListener;
import org.elasticsearch.transport.TransportStats;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.XContentParserConfiguration;

/**
 * HTTP for a node of Elasticsearch by the server of the JDK, in the place of its own module, which is not on Maven Central. What a request means, and
 * what is answered, is the node's; connections, and how bytes go over them, are not. Nodes cannot talk to one another.
 */
public final class HttpModule extends Plugin implements NetworkPlugin {
    private static final BoundTransportAddress NOWHERE = at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9300));

    @Override
    public Map<String, Supplier<Transport>> getTransports(Settings settings, ThreadPool threadPool, PageCacheRecycler pages,
            CircuitBreakerService breakers, NamedWriteableRegistry writeables, NetworkService network) {
        return Map.of("none", Alone::new);
    }

    /** As releases before 9 call it. */
    public Map<String, Supplier<HttpServerTransport>> getHttpTransports(Settings settings, ThreadPool threadPool, BigArrays arrays,
            PageCacheRecycler pages, CircuitBreakerService breakers, NamedXContentRegistry contents, NetworkService network,
            HttpServerTransport.Dispatcher dispatcher, BiConsumer<HttpPreRequest, ThreadContext> perRequest, ClusterSettings cluster,
            Tracer tracer) {
        return http(settings, threadPool, contents, dispatcher);
    }

    /** As 9 calls it. */
    public Map<String, Supplier<HttpServerTransport>> getHttpTransports(Settings settings, ThreadPool threadPool, BigArrays arrays,
            PageCacheRecycler pages, CircuitBreakerService breakers, NamedXContentRegistry contents, NetworkService network,
            HttpServerTransport.Dispatcher dispatcher, BiConsumer<HttpPreRequest, ThreadContext> perRequest, ClusterSettings cluster,
            TelemetryProvider telemetry) {
        return http(settings, threadPool, contents, dispatcher);
    }

    private static Map<String, Supplier<HttpServerTransport>> http(Settings settings, ThreadPool threadPool, NamedXContentRegistry contents,
            HttpServerTransport.Dispatcher dispatcher) {
        var parsing = XContentParserConfiguration.EMPTY.withRegistry(contents);
        int port = settings.getAsInt("http.port", 0);
        return Map.of("jdk", () -> new Http(port, parsing, dispatcher, threadPool.getThreadContext()));
    }

    private static BoundTransportAddress at(InetSocketAddress address) {
        TransportAddress bound = new TransportAddress(address);
        return new BoundTransportAddress(new TransportAddress[] { bound }, bound);
    }

    private static final class Http extends AbstractLifecycleComponent implements HttpServerTransport {
        private final XContentParserConfiguration parsing;
        private final Dispatcher dispatcher;
        private final ThreadContext context;
        private final HttpServer server;
        private final ExecutorService threads = Executors.newCachedThreadPool();

        Http(int port, XContentParserConfiguration parsing, Dispatcher dispatcher, ThreadContext context) {
            this.parsing = parsing;
            this.dispatcher = dispatcher;
            this.context = context;
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
            server.setExecutor(threads);
            server.createContext("/", this::handle);
        }

        private void handle(HttpExchange exchange) throws IOException {
            if (exchange.getRequestURI().getPath().equals("/")) {
                introduce(exchange);
                return;
            }
            Asked asked = new Asked(exchange, HttpBody.fromBytesReference(new BytesArray(exchange.getRequestBody().readAllBytes())));
            Answering answering = null;
            try (var ignored = context.stashContext()) {
                RestRequest request = RestRequest.request(parsing, asked, asked);
                answering = new Answering(request, exchange, context);
                dispatcher.dispatchRequest(request, answering, context);
            } catch (RuntimeException error) {
                RestRequest bare = RestRequest.requestWithoutParameters(parsing, asked, asked);
                answering = new Answering(bare, exchange, context);
                dispatcher.dispatchBadRequest(answering, context, error);
            }
            answering.await();
        }

        /** What it is, which a module of its own tells otherwise. */
        private static void introduce(HttpExchange exchange) throws IOException {
            byte[] about = ("{\"version\": {\"number\": \"" + Build.current().version() + "\"}}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
            exchange.sendResponseHeaders(200, about.length);
            exchange.getResponseBody().write(about);
            exchange.close();
        }

        @Override
        public BoundTransportAddress boundAddress() {
            return at(server.getAddress());
        }

        @Override
        public HttpInfo info() {
            return new HttpInfo(boundAddress(), Integer.MAX_VALUE);
        }

        @Override
        public HttpStats stats() {
            return HttpStats.IDENTITY;
        }

        @Override
        protected void doStart() {
            server.start();
        }

        @Override
        protected void doStop() {
            server.stop(0);
            threads.shutdown();
        }

        @Override
        protected void doClose() {}
    }

    /** A request and its connection. */
    private record Asked(HttpExchange exchange, HttpBody body) implements HttpRequest, HttpChannel {
        @Override
        public RestRequest.Method method() {
            return RestRequest.Method.valueOf(exchange.getRequestMethod());
        }

        @Override
        public String uri() {
            return exchange.getRequestURI().toString();
        }

        @Override
        public Map<String, List<String>> getHeaders() {
            return exchange.getRequestHeaders();
        }

        /** Asked for since 9. */
        public boolean hasContent() {
            return body.asFull().bytes().length() > 0;
        }

        /** Asked for since 9. */
        public void setBody(HttpBody body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> strictCookies() {
            return List.of();
        }

        @Override
        public HttpVersion protocolVersion() {
            return HttpVersion.HTTP_1_1;
        }

        @Override
        public HttpRequest removeHeader(String header) {
            throw new UnsupportedOperationException();
        }

        @Override
        public HttpResponse createResponse(RestStatus status, BytesReference content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public HttpResponse createResponse(RestStatus status, ChunkedRestResponseBodyPart content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Exception getInboundException() {
            return null;
        }

        @Override
        public void release() {}

        @Override
        public void sendResponse(HttpResponse response, ActionListener<Void> listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public InetSocketAddress getLocalAddress() {
            return exchange.getLocalAddress();
        }

        @Override
        public InetSocketAddress getRemoteAddress() {
            return exchange.getRemoteAddress();
        }

        @Override
        public void addCloseListener(ActionListener<Void> listener) {}

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** The way back of an answer, which any thread of the node may give. */
    private static final class Answering extends AbstractRestChannel {
        private final HttpExchange exchange;
        private final ThreadContext context;
        private final CountDownLatch given = new CountDownLatch(1);

        Answering(RestRequest request, HttpExchange exchange, ThreadContext context) {
            super(request, true);
            this.exchange = exchange;
            this.context = context;
        }

        @Override
        public void sendResponse(RestResponse response) {
            try (response; OutputStream out = exchange.getResponseBody()) {
                var headers = exchange.getResponseHeaders();
                context.getResponseHeaders().forEach(headers::put);
                headers.putAll(response.getHeaders());
                headers.set("Content-Type", response.isChunked() ? response.chunkedContent().getResponseContentTypeString() : response.contentType());
                byte[] content = response.isChunked() ? joined(response.chunkedContent()) : BytesReference.toBytes(response.content());
                exchange.sendResponseHeaders(response.status().getStatus(), content.length == 0 ? -1 : content.length);
                out.write(content);
            } catch (IOException error) {
                exchange.close();
            } finally {
                given.countDown();
            }
        }

        private static byte[] joined(ChunkedRestResponseBodyPart part) throws IOException {
            var whole = new ByteArrayOutputStream();
            while (!part.isPartComplete()) {
                try (var chunk = part.encodeChunk(1 << 16, BytesRefRecycler.NON_RECYCLING_INSTANCE)) {
                    chunk.writeTo(whole);
                }
            }
            return whole.toByteArray();
        }

        void await() {
            try {
                given.await();
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The way to other nodes, of which there are none. */
    private static final class Alone extends AbstractLifecycleComponent implements Transport {
        private final ResponseHandlers responses = new ResponseHandlers();
        private final RequestHandlers requests = new RequestHandlers();

        @Override
        public void setMessageListener(TransportMessageListener listener) {}

        @Override
        public BoundTransportAddress boundAddress() {
            return NOWHERE;
        }

        @Override
        public BoundTransportAddress boundRemoteIngressAddress() {
            return NOWHERE;
        }

        @Override
        public Map<String, BoundTransportAddress> profileBoundAddresses() {
            return Map.of();
        }

        @Override
        public TransportAddress[] addressesFromString(String address) {
            return new TransportAddress[0];
        }

        @Override
        public List<String> getDefaultSeedAddresses() {
            return List.of();
        }

        @Override
        public void openConnection(DiscoveryNode node, ConnectionProfile profile, ActionListener<Connection> listener) {
            listener.onFailure(new IllegalStateException("this node is alone"));
        }

        @Override
        public TransportStats getStats() {
            return new TransportStats(0, 0, 0, 0, 0, 0, new long[0], new long[0], Map.of());
        }

        @Override
        public ResponseHandlers getResponseHandlers() {
            return responses;
        }

        @Override
        public RequestHandlers getRequestHandlers() {
            return requests;
        }

        @Override
        protected void doStart() {}

        @Override
        protected void doStop() {}

        @Override
        protected void doClose() {}
    }
}
