import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.FifoMemoryPagingProvider;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.HashMapResourceProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hl7.fhir.r4.model.Resource;

/** The HAPI FHIR plain server with in-memory resources and paging, on loopback: HapiMain PORT TYPE... */
public final class HapiMain {
  @SuppressWarnings("unchecked")
  public static void main(String[] arguments) throws Exception {
    FhirContext context = FhirContext.forR4();
    RestfulServer fhir = new RestfulServer(context);
    List<IResourceProvider> providers = new ArrayList<>();
    for (String type : Arrays.asList(arguments).subList(1, arguments.length)) {
      Class<? extends Resource> known =
          (Class<? extends Resource>) context.getResourceDefinition(type).getImplementingClass();
      providers.add(new HashMapResourceProvider<>(context, known));
    }
    fhir.setResourceProviders(providers);
    FifoMemoryPagingProvider paging = new FifoMemoryPagingProvider(100);
    paging.setDefaultPageSize(50);
    paging.setMaximumPageSize(200);
    fhir.setPagingProvider(paging);
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(arguments[0]));
    server.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder(fhir), "/fhir/*");
    server.setHandler(handler);
    server.start();
    server.join();
  }
}
