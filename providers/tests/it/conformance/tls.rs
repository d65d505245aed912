//! TLS with a private authority, and proxies.

use std::{process::Stdio, sync::Arc};

use axum::{Router, http::Version};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use providers::{ErrorCategory, Provider, ProviderSettings, connect};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use super::dialect::{DIALECTS, Dialect, Ending};
use crate::server::{request, settings};

/// A server with a certificate of an authority that nobody knows: its address and the
/// authority's certificate in PEM.
async fn serve_tls(dialect: &Dialect, name: &str) -> (String, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Named, for the other crates of the workspace bring a second one.
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));

    let answer = dialect.answer;
    let app = Router::new().fallback(move |version: Version| async move {
        answer(&format!("{version:?}"), Ending::Stop).to_string()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let (acceptor, app) = (acceptor.clone(), app.clone());
            tokio::spawn(async move {
                // A client that does not trust the certificate goes away here.
                if let Ok(stream) = acceptor.accept(socket).await {
                    let service = TowerToHyperService::new(app);
                    let served = auto::Builder::new(TokioExecutor::new());
                    drop(served.serve_connection(TokioIo::new(stream), service).await);
                }
            });
        }
    });
    (format!("https://{name}:{}/v1", address.port()), authority.pem())
}

/// A proxy that tunnels, and tells where to.
async fn serve_proxy() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut socket = BufReader::new(socket);
                let mut target = String::new();
                socket.read_line(&mut target).await.unwrap();
                let mut line = String::new();
                while socket.read_line(&mut line).await.unwrap() > 2 {
                    line.clear();
                }
                let host = target.split(' ').nth(1).unwrap().to_owned();
                let port = host.rsplit(':').next().unwrap();
                // Whatever the name, it is this machine.
                let mut server = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
                tell.send(target.trim().to_owned()).unwrap();
                socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
                let _ = copy_bidirectional(&mut socket, &mut server).await;
            });
        }
    });
    (format!("http://{address}"), told)
}

fn client(dialect: &Dialect, url: &str, authority: Option<&str>, proxy: Option<&str>) -> Arc<dyn Provider> {
    connect(ProviderSettings {
        kind: dialect.kind,
        extra_certificates: authority.map(|pem| pem.as_bytes().to_vec()),
        proxy: proxy.map(|proxy| proxy.parse().unwrap()),
        ..settings(url)
    })
    .unwrap()
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_it_was_named_and_only_there() {
    for dialect in &DIALECTS {
        let (url, authority) = serve_tls(dialect, "localhost").await;
        let reply = client(dialect, &url, Some(&authority), None).converse(&request()).await.unwrap();
        assert_eq!(reply.text, "HTTP/2.0", "{:?}", dialect.kind);
        let error = client(dialect, &url, None, None).converse(&request()).await.unwrap_err();
        assert_eq!(error.category, ErrorCategory::Connection, "{error}");
        assert!(error.message.to_lowercase().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let dialect = &DIALECTS[0];
    let (url, authority) = serve_tls(dialect, "example.test").await;
    let (proxy, _told) = serve_proxy().await;
    let right = client(dialect, &url, Some(&authority), Some(&proxy)).converse(&request()).await;
    assert!(right.is_ok(), "{right:?}");
    let elsewhere = url.replace("example.test", "other.test");
    let error =
        client(dialect, &elsewhere, Some(&authority), Some(&proxy)).converse(&request()).await.unwrap_err();
    assert_eq!(error.category, ErrorCategory::Connection, "{error}");
}

#[test]
fn certificates_that_are_none_are_refused_at_once() {
    let pem = b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n".to_vec();
    let settings = ProviderSettings { extra_certificates: Some(pem), ..settings("https://localhost/v1") };
    assert!(connect(settings).is_err());
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_sees_no_key() {
    for dialect in &DIALECTS {
        let (url, authority) = serve_tls(dialect, "model.test").await;
        let (proxy, mut told) = serve_proxy().await;
        let reply = client(dialect, &url, Some(&authority), Some(&proxy)).converse(&request()).await.unwrap();
        assert_eq!(reply.text, "HTTP/2.0");
        let target = told.recv().await.unwrap();
        assert!(target.starts_with("CONNECT model.test:"), "{target}");
    }
}

const CHILD_URL: &str = "PROBITY_TEST_PROXIED_URL";
const CHILD_AUTHORITY: &str = "PROBITY_TEST_AUTHORITY";

/// Does something only in the process that the next test starts: a process has one
/// environment, and this one's is shared by all tests.
#[tokio::test]
async fn the_environments_proxy_is_used_by_this_process() {
    let (Ok(url), Ok(authority)) = (std::env::var(CHILD_URL), std::env::var(CHILD_AUTHORITY)) else {
        return;
    };
    let reply = client(&DIALECTS[0], &url, Some(&authority), None).converse(&request()).await.unwrap();
    assert_eq!(reply.text, "HTTP/2.0");
}

#[tokio::test]
async fn https_proxy_is_honoured_and_no_proxy_as_well() {
    let (url, authority) = serve_tls(&DIALECTS[0], "model.test").await;
    let (proxy, mut told) = serve_proxy().await;
    let child = |no_proxy: &str| {
        tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "conformance::tls::the_environments_proxy_is_used_by_this_process"])
            .envs([(CHILD_URL, &url), (CHILD_AUTHORITY, &authority), ("HTTPS_PROXY", &proxy)])
            .env("NO_PROXY", no_proxy)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    };
    assert!(child("").await.unwrap().success());
    assert!(told.recv().await.unwrap().starts_with("CONNECT model.test:"));
    // Without the proxy nobody knows the name.
    assert!(!child("model.test").await.unwrap().success());
    assert!(told.try_recv().is_err());
}
